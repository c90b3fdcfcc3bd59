import type { Schemas } from '../api/client';
import { share } from '../lib/amount';
import { phaseOf, seatOf } from '../lib/market';
import { count } from '../lib/words';
import { AgentLink, Amount, Card, Meant } from './basics';

const title = 'Checked by validators';

/** Who checks a workload that is under way, and how far each is. */
export function Panel({ of, panel }: { of: Schemas['WorkloadView']; panel: Schemas['PanelView'] }) {
  const seats = Array.from({ length: Math.max(panel.validators, panel.seats.length) }, (_, at) => panel.seats[at]);
  return (
    <Card title={title} aside={<Meant of={phaseOf(of.phase)} />} about={phaseOf(of.phase).about}>
      <dl className="facts">
        <dt>Decided by</dt><dd>{panel.needed} of {count(panel.validators, 'validator')} with the same verdict</dd>
        <dt>Tolerance</dt>
        <dd>{panel.tolerancePpm === 0 ? 'None: only the same bytes agree' : `Outputs may differ by ${share(panel.tolerancePpm)}`}</dd>
        <dt>Fee</dt><dd><Amount value={panel.fee} /> for each verdict that counts</dd>
      </dl>
      <ol className="list seats" aria-label="Validators">
        {seats.map((seat, at) => (
          <li key={seat?.validator ?? at} className="row">
            {seat ? <AgentLink id={seat.validator} /> : <span>Validator {at + 1}</span>}
            <Meant of={seatOf(seat?.state, of.phase)} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** What the validators of a finished workload found. */
export function Verdicts({ of, history }: {
  of: Schemas['VerdictsView']; history: Schemas['WorkloadHistoryView'];
}) {
  const drawn = history.steps.filter((step) => step.type === 'validatorDrawn').length;
  const without = history.isWhole ? drawn - of.agreed - of.disagreed : 0;
  return (
    <Card title={title} {...(drawn === 0 && history.isWhole && { about: 'It ended before validators were drawn.' })}>
      <dl className="facts">
        <dt>Needed</dt><dd>{count(of.needed, 'equal verdict')}{history.isWhole && drawn > 0 && ` of ${drawn} drawn`}</dd>
        <dt>Found it right</dt><dd><Tally number={of.agreed} tone="good" /></dd>
        <dt>Found it wrong</dt><dd><Tally number={of.disagreed} tone="bad" /></dd>
        {without > 0 && <><dt>Gave no verdict</dt><dd><Tally number={without} tone="warn" /></dd></>}
        <dt>Fees</dt><dd><Amount value={of.fees} /> to validators</dd>
      </dl>
    </Card>
  );
}

function Tally({ number, tone }: { number: number; tone: 'good' | 'bad' | 'warn' }) {
  return <span className={`status ${number > 0 ? tone : 'plain'}`}>{count(number, 'validator')}</span>;
}
