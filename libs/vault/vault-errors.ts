/** The key encryption key is missing, malformed, or another vault's. */
export class VaultKeyRefused extends Error {
  override readonly name = 'VaultKeyRefused';
}

/** The customer's key was destroyed, so the vault stores nothing more of them. */
export class CustomerIsForgotten extends Error {
  constructor(readonly customer: string) {
    super(`Customer ${customer} was forgotten, so Amends can't store their personal words.`);
    this.name = 'CustomerIsForgotten';
  }
}

/** A sealed value was changed or moved. */
export class SealedValueBroken extends Error {
  constructor(event: string, field: string) {
    super(`Amends can't open ${field} of event ${event}: it was changed since it was sealed. Run amends verify.`);
    this.name = 'SealedValueBroken';
  }
}
