import { expect, test } from '@jest/globals';
import { refuse, through } from '../../../libs/event-sourcing/decider.js';
import { problemOfRefusal } from './request-headers.js';

test('a refusal names the routes of its way out, and who may take them', () => {
  const way = through('Have a supervisor authorise it, or withdraw it.', ['AuthoriseOffer', 'CorrectEvent'], {
    offer: 'o 1',
  });
  expect(problemOfRefusal(refuse('offer-hanging', 'Offer o 1 waits.', way), 'k1').body).toMatchObject({
    code: 'offer-hanging',
    detail:
      'Offer o 1 waits. Have a supervisor authorise it, or withdraw it (POST /v1/cases/k1/offers/o%201/authorisation, POST /v1/cases/k1/corrections).',
    wayOut: [
      { method: 'POST', path: '/v1/cases/k1/offers/o%201/authorisation', roles: ['supervisor', 'operator'] },
      { method: 'POST', path: '/v1/cases/k1/corrections', roles: ['supervisor', 'operator'] },
    ],
  });
});

test('what is not known of a route stays in braces, and a way out without a command has none', () => {
  const unknown = refuse(
    'nothing-to-roll-back',
    'Nothing is left.',
    through('Activate rules.', 'ActivateRuleSet', { programme: 'care' }),
  );
  expect(problemOfRefusal(unknown).body).toMatchObject({
    wayOut: [{ method: 'POST', path: '/v1/rules/care/{ruleSet}/activate', roles: ['operator'] }],
  });
  const plain = problemOfRefusal(refuse('seed-missing', 'It has no seed.', 'Name one.', 'seed')).body;
  expect(plain).toMatchObject({ detail: 'It has no seed. Name one.', errors: [{ field: 'seed' }] });
  expect(plain).not.toHaveProperty('wayOut', expect.anything());
});
