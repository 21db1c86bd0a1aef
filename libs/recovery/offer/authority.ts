import type { Offer } from '../case/case-state.js';
import type { Money } from '../vocabulary/fields.js';
import type { CompiledRules } from '../rules/compile.js';

/**
 * Whether a role may offer this much by itself: at most its limit for one offer, and for all of the case's offers in
 * that currency with it (declined ones left out). Without rules for offers nothing is limited; a role or a currency
 * that the rules don't name may offer nothing of value.
 */
export function withinAuthority(
  role: string,
  value: Money | undefined,
  others: readonly Offer[],
  rules: CompiledRules | undefined,
): boolean {
  const offers = rules?.ruleSet.offers;
  if (!offers || !value || value.amount === 0) return true;
  const { currency, amount } = value;
  const limits = Object.hasOwn(offers.authority, role) ? offers.authority[role] : undefined;
  const before = others
    .filter((offer) => offer.value?.currency === currency && offer.answer !== 'declined')
    .reduce((sum, offer) => sum + (offer.value?.amount ?? 0), 0);
  return amount <= (limits?.perOffer[currency] ?? 0) && before + amount <= (limits?.perCase[currency] ?? 0);
}
