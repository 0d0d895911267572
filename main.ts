/** The CDKTF app: `rollout.yaml` to one stack for each account and region. The command `synth` does the same for any file. */
import { rollOut } from "./modules";
import { App } from "./modules/cdk";

const app = new App();
rollOut(app, "rollout.yaml");
app.synth();
