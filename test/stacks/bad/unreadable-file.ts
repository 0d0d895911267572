import { App } from "cdktf";
import { rollOut } from "cdktf-moesif-firehose";

rollOut(new App(), "rollout.yml");
