import { useCallback } from 'preact/hooks'
import type { Frame } from '../../worker/messages.ts'
import type { Draw } from './useCanvas.ts'
import { useCanvas } from './useCanvas.ts'

export interface Layers {
  readonly critic: boolean
  readonly pull: boolean
  readonly mesh: boolean
  readonly ellipses: boolean
}

type Points = NonNullable<Frame['points']>
type Place = (x: number, y: number) => readonly [number, number]

const drawCritic = (context: CanvasRenderingContext2D, side: number, { critic }: Points): void => {
  if (critic === undefined) return
  const cells = critic.side
  const image = new ImageData(cells, cells)
  const sorted = [...critic.values].sort((a, b) => a - b)
  const [low = 0, high = 1] = [sorted[Math.floor(sorted.length * 0.02)], sorted[Math.floor(sorted.length * 0.98)]]
  const middle = sorted[sorted.length >> 1] ?? 0
  for (let row = 0; row < cells; row++)
    for (let column = 0; column < cells; column++) {
      const value = critic.values[row * cells + column] ?? 0
      const at = 4 * ((cells - 1 - row) * cells + column)
      const isHigh = value > middle
      const strength = Math.min(1, Math.abs(value - middle) / Math.max(Math.abs((isHigh ? high : low) - middle), 1e-9))
      // Blue is taken for data, orange for fake, as the samples are.
      image.data.set(isHigh ? [40, 110, 220] : [230, 120, 30], at)
      image.data[at + 3] = 130 * strength
    }
  const small = new OffscreenCanvas(cells, cells)
  small.getContext('2d')?.putImageData(image, 0, 0)
  context.imageSmoothingEnabled = true
  context.drawImage(small, 0, 0, side, side)
}

const drawDots = (
  context: CanvasRenderingContext2D,
  points: Float32Array,
  place: Place,
  radius: number,
  colour: string
): void => {
  context.fillStyle = colour
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = place(points[i] ?? 0, points[i + 1] ?? 0)
    context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius)
  }
}

const drawMesh = (context: CanvasRenderingContext2D, { folded }: Points, place: Place, colour: string): void => {
  if (folded === undefined) return
  const { side, points } = folded
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  const line = (from: number, stride: number): void => {
    for (let i = 0; i < side; i++) {
      const at = 2 * (from + i * stride)
      const [x, y] = place(points[at] ?? 0, points[at + 1] ?? 0)
      if (i === 0) context.moveTo(x, y)
      else context.lineTo(x, y)
    }
  }
  for (let i = 0; i < side; i += 2) {
    line(i * side, 1)
    line(i, side)
  }
  context.stroke()
}

/** In pixels. */
const longest = 60

const drawEllipses = (
  context: CanvasRenderingContext2D,
  { ellipses }: Points,
  place: Place,
  scale: number,
  colour: string
): void => {
  context.strokeStyle = colour
  context.lineWidth = 1.5
  for (const { centre, axes } of ellipses) {
    const [x, y] = place(...centre)
    const [long, short] = axes
    // One that would cross the picture is drawn smaller: its form is what matters.
    const size = Math.min(scale, longest / Math.hypot(...long))
    context.beginPath()
    context.ellipse(
      x,
      y,
      size * Math.hypot(...long),
      size * Math.hypot(...short),
      -Math.atan2(long[1], long[0]),
      0,
      2 * Math.PI
    )
    context.moveTo(x, y)
    context.lineTo(x + size * long[0], y - size * long[1])
    context.stroke()
  }
}

const drawPull = (
  context: CanvasRenderingContext2D,
  { pull, samples }: Points,
  place: Place,
  side: number,
  colour: string
): void => {
  if (pull === undefined) return
  let most = 1e-9
  for (let i = 0; i < pull.length; i += 2) most = Math.max(most, Math.hypot(pull[i] ?? 0, pull[i + 1] ?? 0))
  context.strokeStyle = colour
  context.lineWidth = 1.2
  context.beginPath()
  for (let i = 0; i < pull.length; i += 2) {
    const [x, y] = place(samples[i] ?? 0, samples[i + 1] ?? 0)
    const length = (0.08 * side) / most
    context.moveTo(x, y)
    context.lineTo(x + length * (pull[i] ?? 0), y - length * (pull[i + 1] ?? 0))
  }
  context.stroke()
}

/** Samples over data, and beneath them what the critic makes of the plane. */
export const PointsView = ({ frame, layers }: { readonly frame: Frame; readonly layers: Layers }) => {
  const { points, extent } = frame
  const draw = useCallback<Draw>(
    (context, side, colours) => {
      context.fillStyle = colours.ground
      context.fillRect(0, 0, side, side)
      if (points === undefined) return
      const scale = side / (2 * extent)
      const place: Place = (x, y) => [side / 2 + scale * x, side / 2 - scale * y]
      if (layers.critic) drawCritic(context, side, points)
      const radius = Math.max(1, side / 320)
      drawDots(context, points.reals, place, radius, colours.data)
      if (layers.mesh) drawMesh(context, points, place, colours.mesh)
      drawDots(context, points.samples, place, radius, colours.fake)
      if (layers.pull) drawPull(context, points, place, side, colours.pull)
      if (layers.ellipses) drawEllipses(context, points, place, scale, colours.ink)
    },
    [points, extent, layers]
  )
  const canvas = useCanvas(draw)
  const modes = points?.modes
  const label = modes
    ? `Samples over data: ${modes.captured} of ${modes.modes} modes, ${Math.round(100 * modes.highQuality)} % of high quality`
    : 'Samples over data'
  return <canvas ref={canvas} class="plane" role="img" aria-label={label} />
}
