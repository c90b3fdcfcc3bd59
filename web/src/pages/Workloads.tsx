import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as ask from '../api/queries';
import { Card, Page } from '../parts/basics';
import { FinishedTable, OpenTable } from '../parts/market';
import { Empty, Show } from '../parts/states';

export default function Workloads() {
  const [pages, setPages] = useState<number[]>([]);
  const open = useQuery(ask.openWorkloads());
  const finished = useQuery(ask.finished(50, undefined, pages.at(-1)));
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
          {(pages.length > 0 || finished.data?.next != null) && (
            <div className="pager">
              <Button variant="default" disabled={pages.length === 0} onClick={() => setPages(pages.slice(0, -1))}>
                Newer
              </Button>
              <Button variant="default" disabled={finished.data?.next == null}
                onClick={() => setPages([...pages, finished.data!.next!])}>Older</Button>
            </div>
          )}
        </Card>
      </div>
    </Page>
  );
}
