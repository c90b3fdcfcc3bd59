import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { palettes, type ChartProps } from './chart';

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const figure = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

function optionOf({ kind, times, series, unit, isLog, scheme }: ChartProps & { scheme: 'light' | 'dark' }) {
  const [text, line, back] = scheme === 'dark' ? ['#a3b1be', '#2b3742', '#202a34'] : ['#51606e', '#dde3e9', '#ffffff'];
  return {
    animation: false,
    color: palettes[scheme],
    grid: { left: 4, right: 12, top: 14, bottom: 4, outerBoundsMode: 'same' as const },
    tooltip: {
      trigger: 'axis' as const,
      renderMode: 'richText' as const,
      backgroundColor: back,
      borderColor: line,
      textStyle: { color: scheme === 'dark' ? '#dfe7ee' : '#1b2631' },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? `${figure.format(value)} ${unit}` : '-'),
    },
    xAxis: {
      type: 'category' as const,
      data: times.map((time) => exact.format(time)),
      axisLabel: { color: text, hideOverlap: true, formatter: (_: string, at: number) => clock.format(times[at] ?? 0) },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    yAxis: {
      ...(isLog ? { type: 'log' as const } : { type: 'value' as const, minInterval: kind === 'bar' ? 1 : 0 }),
      axisLabel: { color: text, formatter: (value: number) => figure.format(value) },
      splitLine: { lineStyle: { color: line } },
    },
    series: series.map((one) => ({
      name: one.name,
      type: kind,
      data: isLog ? one.values.map((value) => (value === 0 ? null : value)) : [...one.values],
      ...(kind === 'bar'
        ? { stack: 'all', barMinWidth: 1, barMaxWidth: 14 }
        : { showSymbol: one.values.filter((value) => value !== null).length < 40, symbolSize: 5, connectNulls: true,
            lineStyle: { width: 2 } }),
    })),
  };
}

/** Draws with ECharts, of which only what is used here is loaded. */
export default function Drawing(props: ChartProps & { scheme: 'light' | 'dark' }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  useEffect(() => {
    const made = init(place.current, undefined, { renderer: 'svg' });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => chart.current?.setOption(optionOf(props), { notMerge: true }));
  return <div ref={place} style={{ height: '100%' }} />;
}
