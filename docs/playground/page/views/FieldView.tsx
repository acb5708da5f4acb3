import { useCallback, useRef } from 'preact/hooks'
import type { Frame } from '../../worker/messages.ts'
import type { Draw } from './useCanvas.ts'
import { useCanvas } from './useCanvas.ts'

const mostPath = 3000

/** A game of two numbers: the field of its gradients, and the path that training takes. */
export const FieldView = ({ frame }: { readonly frame: Frame }) => {
  const { plane, extent, step } = frame
  const path = useRef<readonly (readonly [step: number, x: number, y: number])[]>([])
  if (plane !== undefined && path.current.at(-1)?.[0] !== step)
    path.current = [...path.current.filter(([at]) => at < step), [step, ...plane.at] as const].slice(-mostPath)
  const draw = useCallback<Draw>(
    (context, side, colours) => {
      context.fillStyle = colours.ground
      context.fillRect(0, 0, side, side)
      if (plane === undefined) return
      const scale = side / (2 * extent)
      const place = (x: number, y: number): readonly [number, number] => [side / 2 + scale * x, side / 2 - scale * y]
      context.strokeStyle = colours.faint
      context.lineWidth = 1
      context.beginPath()
      context.moveTo(0, side / 2)
      context.lineTo(side, side / 2)
      context.moveTo(side / 2, 0)
      context.lineTo(side / 2, side)
      context.stroke()
      const { field } = plane
      let most = 1e-9
      for (let i = 0; i < field.length; i += 2) most = Math.max(most, Math.hypot(field[i] ?? 0, field[i + 1] ?? 0))
      context.strokeStyle = colours.mesh
      context.fillStyle = colours.mesh
      for (let row = 0; row < plane.side; row++)
        for (let column = 0; column < plane.side; column++) {
          const at = 2 * (row * plane.side + column)
          const cell = side / plane.side
          const [x, y] = [(column + 0.5) * cell, side - (row + 0.5) * cell]
          const [u, v] = [(0.9 * cell * (field[at] ?? 0)) / most, (-0.9 * cell * (field[at + 1] ?? 0)) / most]
          context.beginPath()
          context.moveTo(x, y)
          context.lineTo(x + u, y + v)
          context.stroke()
          context.fillRect(x - 1.5, y - 1.5, 3, 3)
        }
      context.strokeStyle = colours.fake
      context.lineWidth = 2
      context.beginPath()
      path.current.forEach(([, x, y], i) => {
        const [a, b] = place(x, y)
        if (i === 0) context.moveTo(a, b)
        else context.lineTo(a, b)
      })
      context.stroke()
      const [x, y] = place(...plane.at)
      context.fillStyle = colours.ink
      context.beginPath()
      context.arc(x, y, 5, 0, 2 * Math.PI)
      context.fill()
    },
    [plane, extent, step]
  )
  const canvas = useCanvas(draw)
  const at = plane?.at.map((x) => x.toFixed(3)).join(', ') ?? ''
  return (
    <>
      <canvas
        ref={canvas}
        class="plane"
        role="img"
        aria-label={`The game's field and the path of training, now at ${at}`}
      />
      <p class="caption">
        Across: where the generator puts its mass; up: the slope of the critic. The equilibrium is 0, 0.
      </p>
    </>
  )
}
