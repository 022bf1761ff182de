import { AxisBottom, AxisLeft } from '@visx/axis';
import { localPoint } from '@visx/event';
import { GridRows } from '@visx/grid';
import { scaleLinear, scaleUtc } from '@visx/scale';
import { AreaClosed, LinePath } from '@visx/shape';
import { useMemo, type KeyboardEvent, type PointerEvent } from 'react';
import { clockTime, absoluteTime } from '../format/time.ts';
import { useCrosshair } from './crosshair.tsx';
import { lineLook } from './line-looks.ts';
import { highestOf, lonePoints, nearestIndex } from './series.ts';
import { timeLabel, timeTicks } from './time-ticks.ts';
import type { TimeChartProps } from './time-chart.tsx';
import { useWidth } from './use-width.ts';

const HEIGHT = 208;
const MARGIN = { top: 8, right: 16, bottom: 24, left: 74 };
const AXIS_TEXT = { fill: 'var(--color-muted)', fontSize: 11, fontFamily: 'inherit' } as const;

/** The lines. Arrow keys move the cursor point by point; gaps stay gaps. Drawn in the browser, where its width is known. */
export function ChartPlot({ title, t, from, to, series, unit, ceiling }: TimeChartProps) {
  const { ref, width } = useWidth();
  const [at, moveTo] = useCrosshair();
  const innerWidth = Math.max(0, width - MARGIN.left - MARGIN.right);
  const bottom = HEIGHT - MARGIN.bottom;
  const ticks = useMemo(() => unit.ticks(Math.max(highestOf(series), ceiling ?? 0)), [unit, series, ceiling]);
  const x = useMemo(
    () => scaleUtc({ domain: [from, to], range: [MARGIN.left, MARGIN.left + innerWidth] }),
    [from, to, innerWidth],
  );
  const y = useMemo(
    () => scaleLinear({ domain: [0, ticks.at(-1) ?? 1], range: [bottom, MARGIN.top] }),
    [ticks, bottom],
  );
  const index = at === null ? -1 : nearestIndex(t, at);
  const here = index === -1 ? undefined : t[index];

  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const point = localPoint(event);
    if (point) moveTo(Math.min(to, Math.max(from, x.invert(point.x).getTime())));
  };
  const step = (event: KeyboardEvent) => {
    const next = moved(event.key, event.shiftKey, index === -1 ? t.length - 1 : index, t.length);
    if (next === null) {
      if (event.key === 'Escape') moveTo(null);
      return;
    }
    event.preventDefault();
    moveTo(t[next] ?? null);
  };
  const said =
    here === undefined
      ? 'Arrow keys move through the points'
      : `${absoluteTime(here)}: ${series.map((one) => `${one.label} ${valueOrGap(one.values[index], unit.say)}`).join(', ')}`;
  return (
    <div ref={ref} style={{ height: HEIGHT }} className="w-full overflow-hidden">
      {width === 0 ? null : (
        <svg
          width={width}
          height={HEIGHT}
          role="slider"
          aria-label={`${title}: point in time`}
          aria-orientation="horizontal"
          aria-valuemin={0}
          aria-valuemax={Math.max(0, t.length - 1)}
          aria-valuenow={index === -1 ? t.length - 1 : index}
          aria-valuetext={said}
          tabIndex={0}
          onKeyDown={step}
          onPointerMove={follow}
          onPointerDown={follow}
          onPointerLeave={() => {
            moveTo(null);
          }}
          onBlur={() => {
            moveTo(null);
          }}
          className="touch-pan-y rounded-lg -outline-offset-2"
        >
          <GridRows scale={y} width={innerWidth} left={MARGIN.left} tickValues={ticks} stroke="var(--color-line)" />
          {series.map((one, number) => {
            const look = lineLook(number);
            const isKnown = (_: number, i: number) => one.values[i] !== null && one.values[i] !== undefined;
            const xOf = (time: number) => x(time);
            const yOf = (_: number, i: number) => y(one.values[i] ?? 0);
            return (
              <g key={one.key}>
                {number === 0 ? (
                  <AreaClosed
                    data={[...t]}
                    x={xOf}
                    y={yOf}
                    yScale={y}
                    defined={isKnown}
                    fill={look.stroke}
                    fillOpacity={0.1}
                  />
                ) : null}
                <LinePath
                  data={[...t]}
                  x={xOf}
                  y={yOf}
                  defined={isKnown}
                  stroke={look.stroke}
                  strokeWidth={1.5}
                  {...(look.dash ? { strokeDasharray: look.dash } : {})}
                />
                {lonePoints(one.values).map((i) => (
                  <circle key={i} cx={x(t[i] ?? 0)} cy={y(one.values[i] ?? 0)} r={1.75} fill={look.stroke} />
                ))}
              </g>
            );
          })}
          <AxisLeft
            scale={y}
            left={MARGIN.left}
            tickValues={ticks}
            tickFormat={(value) => unit.say(Number(value))}
            hideAxisLine
            hideTicks
            tickLabelProps={{ ...AXIS_TEXT, textAnchor: 'end', dx: -4, dy: 3.5 }}
          />
          <AxisBottom
            scale={x}
            top={bottom}
            tickValues={timeTicks(from, to, Math.max(2, Math.floor(innerWidth / 90)))}
            tickFormat={(value) => timeLabel(Number(value), to - from)}
            stroke="var(--color-line)"
            hideTicks
            tickLabelProps={{ ...AXIS_TEXT, textAnchor: 'middle', dy: 2 }}
          />
          {here === undefined ? null : (
            <g pointerEvents="none">
              <line x1={x(here)} x2={x(here)} y1={MARGIN.top} y2={bottom} stroke="var(--color-line-strong)" />
              {series.map((one, number) => {
                const value = one.values[index];
                return value === null || value === undefined ? null : (
                  <circle
                    key={one.key}
                    cx={x(here)}
                    cy={y(value)}
                    r={3.5}
                    fill={lineLook(number).stroke}
                    stroke="var(--color-surface)"
                    strokeWidth={1.5}
                  />
                );
              })}
              <title>{clockTime(here)}</title>
            </g>
          )}
        </svg>
      )}
    </div>
  );
}

const valueOrGap = (value: number | null | undefined, say: (value: number) => string) =>
  value === null || value === undefined ? 'no data' : say(value);

/** Where a key leads from a point: one point, ten with Shift, the ends. Null for other keys. */
function moved(key: string, isShift: boolean, index: number, length: number): number | null {
  const by = isShift ? 10 : 1;
  const to = {
    ArrowLeft: index - by,
    ArrowRight: index + by,
    PageUp: index - 10,
    PageDown: index + 10,
    Home: 0,
    End: length - 1,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(length - 1, to));
}
