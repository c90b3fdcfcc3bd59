import { Skeleton, useComputedColorScheme } from '@mantine/core';
import { lazy, Suspense } from 'react';

/** One line or run of bars. */
export interface Series {
  name: string;
  values: readonly (number | null)[];
}

export interface ChartProps {
  /** Says what is drawn, for who cannot see it. */
  label: string;
  kind: 'bar' | 'line';
  times: readonly number[];
  series: readonly Series[];
  unit: string;
  /** Each step up is ten times as much, for what differs by far; nothing is drawn for zero. */
  isLog?: boolean;
}

/** Colours that can be told apart, also by who sees no red or green; chosen for each background. */
export const palettes = {
  light: ['#0b7285', '#d9480f', '#5f3dc4', '#2b8a3e', '#a61e4d', '#364fc7', '#846100', '#495057'],
  dark: ['#3bc9db', '#ff922b', '#b197fc', '#69db7c', '#faa2c1', '#91a7ff', '#ffd43b', '#ced4da'],
};

const Drawing = lazy(() => import('./drawing'));

/** A chart; what draws it is loaded when the first one is shown. */
export function Chart(props: ChartProps) {
  const scheme = useComputedColorScheme('light');
  return (
    <>
      <div className="chart" role="img" aria-label={props.label}>
        <Suspense fallback={<Skeleton height={250} />}>
          <Drawing {...props} scheme={scheme} />
        </Suspense>
      </div>
      <ul className="legend" aria-hidden="true">
        {props.series.map((one, index) => (
          <li key={one.name}>
            <i style={{ background: palettes[scheme][index % palettes[scheme].length] }} />{one.name}
          </li>
        ))}
      </ul>
    </>
  );
}
