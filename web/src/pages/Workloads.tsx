import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import { Card, Page } from '../parts/basics';
import { FinishedTable, OpenTable } from '../parts/market';
import { Pager, usePages } from '../parts/pager';
import { Empty, Show } from '../parts/states';

export default function Workloads() {
  const pages = usePages();
  const open = useQuery(ask.openWorkloads());
  const finished = useQuery(ask.finished(50, undefined, pages.at));
  return (
    <Page title="Workloads" about="Jobs from posting to settlement.">
      <div className="stack">
        <Card title="Under way">
          <Show query={open}>
            {(page) => (page.items.length > 0
              ? <OpenTable rows={page.items} />
              : <Empty title="No workload is under way">One that is posted shows up here at once.</Empty>)}
          </Show>
        </Card>
        <Card title="Finished" about="Newest first; what is older than this node remembers stands in the ledger">
          <Show query={finished} rows={8}>
            {(page) => (page.items.length > 0
              ? <FinishedTable rows={page.items} label="Finished workloads" />
              : <Empty title="No workload has finished yet">Paid or not, it will be listed here.</Empty>)}
          </Show>
          <Pager of={pages} next={finished.data?.next} />
        </Card>
      </div>
    </Page>
  );
}
