/** A stack for each account and region of a rollout file. */
import { App } from "cdktf";
import { rollOut } from "cdktf-moesif-firehose";

const app = new App();
rollOut(app, "rollout.yaml");
app.synth();
