import { App } from "cdktf";
import { rollOut } from "cdktf-moesif-firehose";

const app = new App();
rollOut(app, "rollout.yaml");
app.synth();
