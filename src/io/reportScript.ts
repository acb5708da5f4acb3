/**
 * What a report's page runs: it draws the curves of `report.charts` with uPlot and turns the pages of `report.frames`.
 * Without it the page still shows its tables and its last frame.
 */
export const reportScript = `
'use strict'
const colours = ['#1f6bc7', '#d9552c', '#2a8a57', '#7a57c2', '#b98900', '#12899b', '#c2417c', '#5b6470']
const short = (x) => x == null ? '\\u2013'
  : x !== 0 && (Math.abs(x) >= 1e6 || Math.abs(x) < 1e-3) ? x.toExponential(1).replace('+', '') : String(Number(x.toPrecision(4)))
const grouped = (x) => x == null ? '\\u2013' : x.toLocaleString('en')

const axis = { stroke: '#656d76', font: '12px system-ui, sans-serif', grid: { stroke: '#eef0f2', width: 1 }, ticks: { stroke: '#e4e7eb', width: 1 } }

const draw = (chart, place) => {
  const quiet = { stroke: 'transparent', width: 0, points: { show: false }, class: 'quiet' }
  const series = [{ label: chart.xLabel, value: (_, x) => grouped(x) }]
  const data = [chart.x]
  const bands = []
  chart.series.forEach(({ name, mean, low, high }, i) => {
    const stroke = colours[i % colours.length]
    const pointCount = mean.filter((y) => y != null).length
    series.push({ label: name, stroke, width: 1.75, points: { show: pointCount < 40, size: 5 }, value: (_, y) => short(y) }, quiet, quiet)
    data.push(mean, low, high)
    bands.push({ series: [data.length - 1, data.length - 2], fill: stroke + '26' })
  })
  const size = () => ({ width: place.clientWidth, height: 240 })
  const hideBand = (plot, i, change) => {
    if (i != null && i % 3 === 1 && change.show != null) for (const j of [i + 1, i + 2]) plot.setSeries(j, { show: change.show })
  }
  const plot = new uPlot({
    ...size(), series, bands,
    scales: { x: { time: false }, y: chart.logarithmic ? { distr: 3 } : {} },
    axes: [{ ...axis, size: 34, values: (_, xs) => xs.map((x) => x == null ? '' : grouped(x)) }, { ...axis, size: 60, values: (_, ys) => ys.map((y) => y == null ? '' : short(y)) }],
    cursor: { sync: { key: 'steps' }, points: { size: 6 } },
    hooks: { setSeries: [hideBand] }
  }, data, place)
  new ResizeObserver(() => plot.setSize(size())).observe(place)
}

report.charts.forEach((chart, i) => draw(chart, document.getElementById('chart-' + i)))

const frames = report.frames
if (frames.length > 1) {
  const [image, slider, output, caption, button] = ['frame', 'slider', 'step', 'caption', 'play'].map((id) => document.getElementById(id))
  const icon = (playing) => button.querySelector('path').setAttribute('d', playing ? 'M3 2h3v10H3zM8 2h3v10H8z' : 'M4 2l8 5-8 5z')
  const show = (i) => {
    slider.value = i
    image.src = frames[i].image
    output.textContent = 'step ' + grouped(frames[i].step)
    caption.textContent = frames[i].caption
  }
  let timer
  const stop = () => { clearInterval(timer); timer = undefined; icon(false) }
  const next = () => Number(slider.value) + 1 < frames.length ? show(Number(slider.value) + 1) : stop()
  slider.addEventListener('input', () => { stop(); show(Number(slider.value)) })
  button.addEventListener('click', () => {
    if (timer !== undefined) return stop()
    if (Number(slider.value) + 1 === frames.length) show(0)
    timer = setInterval(next, Math.max(80, Math.min(500, 6000 / frames.length)))
    icon(true)
  })
  document.getElementById('player').hidden = false
}
`
