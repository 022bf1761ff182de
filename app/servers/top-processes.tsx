import type { Range, TopProcesses as Answer } from '#common/contracts/metrics.ts';
import { bytes, percent } from '../format/quantity.ts';
import { Empty } from '../ui/empty.tsx';
import { Card } from '../ui/page.tsx';
import { Table, Td, Th } from '../ui/table.tsx';
import { RANGE_WORDS, UrlChoice } from './server-charts.tsx';

/** What used most CPU or memory over a range, by name. */
export function TopProcesses({ answer, by, range }: { answer: Answer; by: 'cpu' | 'memory'; range: Range }) {
  const highest = Math.max(...answer.items.map((item) => (by === 'cpu' ? item.cpuPercent : item.memoryBytes) ?? 0), 0);
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <UrlChoice
          label="Order"
          name="by"
          options={[
            ['cpu', 'By CPU'],
            ['memory', 'By memory'],
          ]}
          current={by}
        />
        <UrlChoice label="Range" name="range" options={RANGE_WORDS} current={range} />
      </div>
      <Card flush>
        {answer.items.length === 0 ? (
          <Empty icon="overview" title="No processes were reported in this time">
            The agent sends the processes with each report.
          </Empty>
        ) : (
          <Table
            label="Top processes"
            head={
              <>
                <Th>Process</Th>
                <Th className="text-right">How many</Th>
                <Th className="text-right">CPU (100 % is one core)</Th>
                <Th className="text-right">Memory</Th>
                <Th className="hidden w-1/4 sm:table-cell">
                  <span className="sr-only">Share</span>
                </Th>
              </>
            }
          >
            {answer.items.map((item) => {
              const value = (by === 'cpu' ? item.cpuPercent : item.memoryBytes) ?? 0;
              return (
                <tr key={item.name}>
                  <th
                    scope="row"
                    className="max-w-64 truncate px-4 py-1.5 text-left font-mono text-xs font-normal"
                    title={item.name}
                  >
                    {item.name}
                  </th>
                  <Td className="text-right">{item.processes ?? '—'}</Td>
                  <Td className="text-right">{item.cpuPercent === null ? '—' : percent(item.cpuPercent)}</Td>
                  <Td className="text-right">{item.memoryBytes === null ? '—' : bytes(item.memoryBytes)}</Td>
                  <Td aria-hidden="true" className="hidden sm:table-cell">
                    <div className="h-1.5 rounded-full bg-hover">
                      <div
                        className="h-full rounded-full bg-series-1"
                        style={{ width: `${highest > 0 ? (100 * value) / highest : 0}%` }}
                      />
                    </div>
                  </Td>
                </tr>
              );
            })}
          </Table>
        )}
      </Card>
    </div>
  );
}
