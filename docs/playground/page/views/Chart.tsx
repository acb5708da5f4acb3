import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { History } from '../history.ts'

export interface ChartProps {
  readonly title: string
  readonly history: History
  /** Which columns are drawn. */
  readonly names: readonly string[]
  readonly isLog?: boolean
}

const palette = ['--data', '--fake', '--pull', '--mesh']
const height = 150

const colour = (element: Element, name: string): string => getComputedStyle(element).getPropertyValue(name).trim()

const optionsOf = (element: HTMLElement, { names, isLog = false }: ChartProps): uPlot.Options => {
  const axis: uPlot.Axis = {
    stroke: colour(element, '--ink'),
    grid: { stroke: colour(element, '--faint'), width: 1 },
    ticks: { stroke: colour(element, '--faint') }
  }
  return {
    width: element.clientWidth,
    height,
    legend: { live: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: isLog ? { distr: 3 } : {} },
    axes: [axis, { ...axis, size: 56 }],
    series: [
      { label: 'step' },
      ...names.map((name, i) => ({
        label: name,
        stroke: colour(element, palette[i % palette.length] ?? ''),
        width: 1.3,
        spanGaps: true
      }))
    ]
  }
}

const dataOf = ({ history, names, isLog = false }: ChartProps): uPlot.AlignedData => [
  [...history.steps],
  ...names.map((name) => (history.columns[name] ?? []).map((x) => (Number.isFinite(x) && (!isLog || x > 0) ? x : null)))
]

/** Figures over steps, as lines. */
export const Chart = (props: ChartProps) => {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const { title, history, names } = props
  const key = names.join()
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const made = new uPlot(optionsOf(element, props), dataOf(props), element)
    plot.current = made
    const fit = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    fit.observe(element)
    return () => {
      fit.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [key])
  useEffect(() => {
    const asked = requestAnimationFrame(() => plot.current?.setData(dataOf(props)))
    return () => cancelAnimationFrame(asked)
  }, [history, key])
  const last = names.map((name) => `${name} ${history.columns[name]?.at(-1)?.toPrecision(3) ?? 'none yet'}`).join(', ')
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={`${title} over steps: ${last}`} />
    </figure>
  )
}
