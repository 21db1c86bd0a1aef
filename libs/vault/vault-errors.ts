/** The key encryption key is missing, malformed, or not the one this vault was made with. */
export class VaultKeyRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'VaultKeyRefused';
  }
}

/** The customer's key was destroyed: nothing more can be kept of them. */
export class CustomerIsForgotten extends Error {
  constructor(readonly customer: string) {
    super(`Customer ${customer} was forgotten, so no personal words can be kept of them. Leave them out.`);
    this.name = 'CustomerIsForgotten';
  }
}

/** A sealed value is not what was sealed. */
export class SealedValueBroken extends Error {
  constructor(event: string, field: string) {
    super(`${field} of event ${event} can't be opened: it is not what was sealed there. Check history with verify.`);
    this.name = 'SealedValueBroken';
  }
}
