/** A rule of Moesif's contract that a request breaks. */
export class ContractViolation extends Error {
  /** @param status answers the request */
  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}
