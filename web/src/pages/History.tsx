import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import * as ask from '../api/queries';
import { short } from '../lib/words';
import { Page } from '../parts/basics';
import { DecisionList } from '../parts/decisions';
import { Pager, usePages } from '../parts/pager';
import { Empty, Show } from '../parts/states';

/** Who decided what about an agent. */
export default function History({ id }: { id: string }) {
  const pages = usePages();
  const query = useQuery(ask.decisions(id, pages.at));
  return (
    <Page title={`History of ${short(id)}`} about="Stops, releases, approvals, motions, overrides, constitutions, guardians, keys
      and the monitor’s verdicts: who decided, with which key, and the entry that proves it."
      aside={<Link href={`/agents/${id}`}>Back to the agent</Link>}>
      <div className="card">
        <Show query={query} rows={8}>
          {(page) => (page.items.length > 0
            ? <DecisionList of={page.items} />
            : <Empty title="Nothing was decided that is remembered">The node remembers its newest entries; the ledger has
                all.</Empty>)}
        </Show>
        <Pager of={pages} next={query.data?.next} />
      </div>
    </Page>
  );
}
