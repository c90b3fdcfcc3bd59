// The peer of `aitbc bench safety`: Cedar decides by the limits that the monitor decides by. It is given what the
// monitor has to keep itself (the sums of every window, and what is usual, come in the request's context), writes no
// audit, and parses its policies once. Prints one JSON object. Usage: node cedar.mjs MILLISECONDS
import { createRequire } from 'node:module';

const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs');

// Amounts in whole units; a limit that is the larger of two is passed where both are.
const limits = (who, acts) => `
forbid (principal, action, resource) when { context.${who}.hourActs + 1 > ${acts}
  && context.${who}.hourActs + 1 > context.${who}.peakActs * 3 };
forbid (principal, action, resource) when { !context.isFresh
  && (context.${who}.hourValue + context.value) * 1000000 > context.cap * 80000
  && context.${who}.hourValue + context.value > context.${who}.peakValue * 2
  && (context.${who}.dayVolume + context.value) * 1000000 > context.${who}.usualVolume * 1250000 };
forbid (principal, action, resource) when { !context.isFresh && context.${who}.beyond > 0
  && (context.${who}.dayBeyond + context.${who}.beyond) * 1000000 > context.cap * 90000
  && context.${who}.dayBeyond + context.${who}.beyond > context.${who}.peakBeyond * 2 };
forbid (principal, action, resource) when { context.${who}.circle > 0
  && (context.${who}.dayCircle + context.${who}.circle) * 1000000 > context.cap * 80000
  && context.${who}.dayCircle + context.${who}.circle > context.${who}.peakCircle * 2 };
forbid (principal, action, resource) when { context.isFresh
  && (context.${who}.dayVolume + context.value) * 1000000 > context.cap * 80000 };
forbid (principal, action, resource) when { !context.isFresh && context.${who}.beyond > 0
  && context.${who}.payeeRecent * 1000000 > context.cap * 60000
  && context.${who}.payeeRecent > context.${who}.payeeUsual * 6
  && context.${who}.payeeRecent * 2 > context.${who}.dayVolume + context.value };`;

const policies = `
permit (principal, action, resource);
${limits('agent', 100)}
${limits('owner', 300)}
forbid (principal, action, resource) when { !context.isFresh && context.value * 1000000 > context.cap * 50000
  && context.value > context.average * 10 };
forbid (principal, action, resource) when { !context.isFresh && context.value * 1000000 > context.cap * 50000
  && context.deviations > 8000 };
forbid (principal, action, resource) when { !context.isFresh && context.young > 0
  && (context.dayYoung + context.young) * 1000000 > context.cap * 50000 };`;

const window = {
  hourActs: 4, peakActs: 6, hourValue: 900, peakValue: 2000, beyond: 0, dayBeyond: 50, peakBeyond: 400, circle: 0,
  dayCircle: 0, peakCircle: 0, dayVolume: 20000, usualVolume: 21000, payeeRecent: 3000, payeeUsual: 2500,
};
const usual = {
  value: 300, cap: 100000, isFresh: false, average: 310, deviations: 0, young: 0, dayYoung: 0,
  agent: window, owner: { ...window, hourActs: 20, dayVolume: 90000 },
};
const cases = [
  ['allow', usual],
  ['deny', { ...usual, agent: { ...window, hourActs: 100 } }],
  ['allow', { ...usual, agent: { ...window, hourActs: 99 } }],
  ['deny', { ...usual, value: 9000 }],
  ['deny', { ...usual, young: 300, dayYoung: 4800 }],
  ['deny', { ...usual, owner: { ...usual.owner, beyond: 300, dayBeyond: 8800 } }],
  ['deny', { ...usual, agent: { ...window, circle: 300, dayCircle: 7900 } }],
];

const parsed = cedar.preparsePolicySet('monitor', { staticPolicies: policies });
if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed));
const ask = context => cedar.statefulIsAuthorized({
  principal: { type: 'Agent', id: '1' }, action: { type: 'Action', id: 'transfer' },
  resource: { type: 'Account', id: '2' }, context, preparsedPolicySetId: 'monitor', entities: [],
});
for (const [expected, context] of cases) {
  const answer = ask(context);
  if (answer.type !== 'success' || answer.response.decision !== expected
      || answer.response.diagnostics.errors.length > 0) {
    throw new Error(`expected ${expected}: ${JSON.stringify(answer)}`);
  }
}

const rounds = [];
const length = Number(process.argv[2] ?? 1000);
for (let round = 0; round < 3; round++) {
  const started = process.cpuUsage();
  const until = performance.now() + length;
  let count = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 64; i++, count++) ask(usual);
  }
  const used = process.cpuUsage(started);
  rounds.push(count / ((used.user + used.system) / 1e6));
}
rounds.sort((a, b) => a - b);
console.log(JSON.stringify({ perSecond: Math.round(rounds[1]), version: cedar.getCedarVersion() }));
