import { type Metric, SCALES } from '../vocabulary/scales.js';
import { CONTACT_ME, RESPONSE_KINDS, SCORE_LEVELS } from '../vocabulary/words.js';
import { RESPONSE_FIELDS } from './response-fields.js';
import { ROUTING_FIELDS } from './routing-fields.js';
import type { Check } from './rule-check.js';
import type { TriageRules } from './rule-set.js';
import { covers, type KnownValues } from './satisfiable.js';

const KNOWN_RESPONSES: KnownValues = {
  kind: RESPONSE_KINDS,
  contactMe: CONTACT_ME,
  score: SCORE_LEVELS,
};

export function triageProblems(check: Check): void {
  const { triage } = check.rules;
  if (!triage) return;
  const { say } = check;
  for (const metric of Object.keys(SCALES) as Metric[]) {
    const low = triage.low[metric];
    const { from: least, to: most } = SCALES[metric];
    if (low === undefined || (low >= least && low < most)) continue;
    say(['triage', 'low', metric], `${metric} goes from ${least} to ${most}.`, 'Leave some of it above the threshold.');
  }
  cellProblems(check, triage.cells);
  overrideProblems(check, triage.overrides ?? []);
  if (triage.owner === 'by-touchpoint' && !triage.touchpointOwners) {
    say(['triage', 'owner'], 'by-touchpoint needs to know the owners.', 'Add touchpointOwners.');
  }
  if (triage.touchpointOwners && triage.owner !== 'by-touchpoint') {
    say(
      ['triage', 'touchpointOwners'],
      'They are read with owner by-touchpoint only.',
      'Set owner, or leave them out.',
    );
  }
  check.duration(['triage', 'throttle', 'release', 'within'], triage.throttle?.release?.within);
  routingProblems(check, triage);
  stageProblems(check, triage.stages ?? []);
}

function cellProblems({ say }: Check, cells: TriageRules['cells']): void {
  for (const [level, row] of Object.entries(cells)) {
    const said = ['not-answered', 'notAnswered'].filter((name) => name in row);
    if (said.length === 0)
      say(['triage', 'cells', level], '"not-answered" is missing.', 'Add the cell for customers who did not answer.');
    if (said.length === 2)
      say(['triage', 'cells', level, 'notAnswered'], 'This is "not-answered" again.', 'Leave this one out.');
  }
}

type Overrides = NonNullable<TriageRules['overrides']>;
type Stages = NonNullable<TriageRules['stages']>;

function overrideProblems({ say, condition, unique }: Check, overrides: Overrides): void {
  unique(
    (i) => ['triage', 'overrides', i, 'id'],
    overrides.map(({ id }) => id),
    'override',
  );
  const sound = overrides.map(({ when }, i) =>
    condition(['triage', 'overrides', i, 'when'], when, RESPONSE_FIELDS, KNOWN_RESPONSES),
  );
  overrides.forEach(({ when, id: _id, ...cell }, i) => {
    if (Object.keys(cell).length === 0) {
      say(['triage', 'overrides', i], 'It overrides nothing.', 'Say what to do, which priority or which team.');
    }
    const above = overrides.findIndex((other, k) => k < i && sound[k] && sound[i] && covers(other.when, when));
    if (above < 0) return;
    say(
      ['triage', 'overrides', i],
      `It never applies: override ${above + 1} matches first.`,
      'Put the narrower one first.',
    );
  });
}

function routingProblems({ say, condition, duration }: Check, { routing, owner }: TriageRules): void {
  if (!routing) return;
  if (owner === undefined)
    say(['triage', 'routing'], 'Nothing says how to choose among those who suit.', 'Set owner, such as round-robin.');
  if (routing.weights && owner !== 'balanced')
    say(['triage', 'routing', 'weights'], 'They are read with owner balanced only.', 'Set owner, or leave them out.');
  duration(['triage', 'routing', 'lastOwner', 'within'], routing.lastOwner?.within);
  for (const part of ['owners', 'skills'] as const)
    routing[part]?.forEach(({ when }, i) => {
      condition(['triage', 'routing', part, i, 'when'], when, ROUTING_FIELDS, {});
    });
}

function stageProblems({ say, unique }: Check, stages: Stages): void {
  unique(
    (i) => ['triage', 'stages', i, 'id'],
    stages.map(({ id }) => id),
    'stage',
  );
  stages.forEach(({ from, until }, i) => {
    const [begins, ends] = [from, until].map((instant) => (instant === undefined ? undefined : Date.parse(instant)));
    if (Number.isNaN(begins))
      say(['triage', 'stages', i, 'from'], 'There is no such instant.', 'Look at the day and hour.');
    if (Number.isNaN(ends))
      say(['triage', 'stages', i, 'until'], 'There is no such instant.', 'Look at the day and hour.');
    if (begins !== undefined && ends !== undefined && ends <= begins) {
      say(['triage', 'stages', i, 'until'], 'The stage ends before it begins.', 'Write a later instant.');
    }
  });
}
