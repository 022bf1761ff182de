import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { count } from '../../format/quantity.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { OutputBuffer } from './output-buffer.ts';
import { OutputRow } from './output-row.tsx';

const ROW_HEIGHT = 20;
/** Distance from the end, in pixels, that still counts as being there. */
const NEAR_END = 40;

/** The output of a run: virtual rows, search, and the end followed until somebody scrolls up. */
export function OutputView({
  output,
  hasEarlier,
  onLoadEarlier,
  isLoading,
  isEnded,
}: {
  output: OutputBuffer;
  hasEarlier: boolean;
  onLoadEarlier: () => void;
  isLoading: boolean;
  isEnded: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [isWrapped, setWrapped] = useState(false);
  const { needle, setSearch, search, found, current, step } = useOutputSearch(output);
  const rows = useVirtualizer({
    count: output.lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 30,
  });
  const target = found[current];

  useEffect(() => {
    if (isFollowing && output.lines.length > 0) rows.scrollToIndex(output.lines.length - 1, { align: 'end' });
  }, [isFollowing, output, output.version, rows, output.lines.length]);
  useEffect(() => {
    if (target === undefined) return;
    setFollowing(false);
    rows.scrollToIndex(target, { align: 'center' });
  }, [target, rows]);

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5">
        <div role="search" aria-label="Output" className="relative min-w-0 grow basis-40 sm:max-w-72">
          <Icon name="search" size={14} className="pointer-events-none absolute top-2 left-2 text-muted" />
          <input
            type="search"
            aria-label="Search the output"
            placeholder="Search the output"
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
            }}
            className="min-h-8 w-full rounded border border-line-strong bg-surface pr-2 pl-7 text-sm placeholder:text-muted"
          />
        </div>
        {needle ? (
          <>
            <span role="status" className="text-xs text-muted">
              {found.length === 0 ? 'No line' : `${count(current + 1)} of ${count(found.length)} lines`}
            </span>
            <IconButton
              label="Line before"
              icon="left"
              onClick={() => {
                step(-1);
              }}
            />
            <IconButton
              label="Next line"
              icon="right"
              onClick={() => {
                step(1);
              }}
            />
          </>
        ) : null}
        <div className="ml-auto flex flex-wrap items-center gap-1.5">
          <Button
            look="quiet"
            aria-pressed={isWrapped}
            onClick={() => {
              setWrapped(!isWrapped);
              rows.measure();
            }}
          >
            {isWrapped ? 'Do not wrap' : 'Wrap'}
          </Button>
          <Button
            look={isFollowing ? 'quiet' : 'plain'}
            icon="arrowDown"
            aria-pressed={isFollowing}
            onClick={() => {
              setFollowing(!isFollowing);
            }}
          >
            {isFollowing ? 'Following' : 'Follow the end'}
          </Button>
        </div>
      </div>
      <div
        ref={box}
        role="log"
        aria-live="off"
        aria-label="Output of the run"
        tabIndex={0}
        onWheel={(event) => {
          if (event.deltaY < 0) setFollowing(false);
        }}
        onTouchMove={() => {
          setFollowing(false);
        }}
        onKeyDown={(event) => {
          if (['ArrowUp', 'PageUp', 'Home'].includes(event.key)) setFollowing(false);
          if (event.key === 'End') setFollowing(true);
        }}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          if (!isEnded && !needle && scrollHeight - scrollTop - clientHeight < NEAR_END) setFollowing(true);
        }}
        className="min-h-0 grow overflow-auto bg-terminal font-mono text-xs leading-5"
      >
        {hasEarlier ? (
          <div className="sticky left-0 border-b border-line px-3 py-1.5 font-sans">
            <Button look="quiet" onClick={onLoadEarlier}>
              Load the beginning of the output
            </Button>
          </div>
        ) : output.dropped > 0 ? (
          <p className="sticky left-0 px-3 py-1.5 font-sans text-muted">
            {count(output.dropped)} earlier lines are not kept here.
          </p>
        ) : null}
        {output.lines.length === 0 ? (
          <p className="px-3 py-2 font-sans text-sm text-muted">
            {isLoading ? 'Loading…' : isEnded ? 'This run printed nothing.' : 'Nothing printed yet.'}
          </p>
        ) : (
          <div className="relative w-max min-w-full" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map(({ index, start, key }) => {
              const line = output.lines[index];
              return line ? (
                <div
                  key={key}
                  ref={isWrapped ? rows.measureElement : undefined}
                  data-index={index}
                  style={{ transform: `translateY(${start}px)` }}
                  className={`absolute top-0 left-0 flex gap-3 px-3 ${isWrapped ? 'w-[var(--box)] break-all whitespace-pre-wrap' : 'whitespace-pre'}`}
                >
                  <span aria-hidden="true" className="w-10 shrink-0 text-right text-muted select-none">
                    {output.dropped + index + 1}
                  </span>
                  <OutputRow line={line} needle={needle} isCurrent={index === target} />
                </div>
              ) : null;
            })}
          </div>
        )}
      </div>
    </div>
  );
}

/** The search of an output: lines that hold the text, and the one looked at. */
function useOutputSearch(output: OutputBuffer) {
  const [search, setSearch] = useState('');
  const [needle, setNeedle] = useState('');
  const [current, setCurrent] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => {
      setNeedle(search.toLowerCase());
      setCurrent(0);
    }, 150);
    return () => {
      clearTimeout(timer);
    };
  }, [search]);
  const { version } = output;
  // The buffer grows in place: its version says when.
  const found = useMemo(() => (version >= 0 ? output.find(needle) : []), [output, version, needle]);
  const step = (by: number) => {
    if (found.length > 0) setCurrent((before) => (before + by + found.length) % found.length);
  };
  return { search, setSearch, needle, found, current, step };
}
