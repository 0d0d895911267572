/** A name that is new whenever something changes, or may have changed. */
import { type Construct, TerraformResource } from "./cdk";
import { pinned } from "./addresses";

/**
 * Terraform's own `terraform_data`, whose id serves as a name of what is made from the triggers. Where Terraform does not
 * know a trigger while planning, there is a new id even if the trigger then comes out as it was: a name made of the
 * triggers themselves would come out the same, and the replaced object, deleted last, would take the new one with it.
 *
 * CDKTF's `DataResource` is the same, but it runs Terraform while synthesizing, and fails where there is none.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class Revision extends TerraformResource {
  readonly #triggers: readonly string[];

  constructor(scope: Construct, id: string, triggers: readonly string[]) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      terraformGeneratorMetadata: { providerName: "terraform" },
    });
    this.#triggers = triggers;
    pinned(this);
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers_replace: this.#triggers };
  }
}
