import { useEffect, useRef, useState } from 'preact/hooks'

type Points = readonly (readonly [number, number])[]

/** A square to draw points in, with a pointer or the arrow keys and the enter key. */
export const DrawingBoard = ({ onPoints }: { readonly onPoints: (points: Points) => void }) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [points, setPoints] = useState<Points>([])
  const [cursor, setCursor] = useState<readonly [number, number]>([0, 0])
  const side = 220

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || !canvas.current) return
    context.clearRect(0, 0, side, side)
    context.fillStyle = getComputedStyle(canvas.current).getPropertyValue('--data')
    for (const [x, y] of points) context.fillRect((side / 2) * (1 + x) - 1.5, (side / 2) * (1 - y) - 1.5, 3, 3)
    context.strokeStyle = getComputedStyle(canvas.current).getPropertyValue('--ink')
    context.strokeRect((side / 2) * (1 + cursor[0]) - 4, (side / 2) * (1 - cursor[1]) - 4, 8, 8)
  }, [points, cursor])

  const add = (x: number, y: number): void => setPoints((before) => [...before, [x, y]])
  const put = (event: PointerEvent): void => {
    const box = canvas.current?.getBoundingClientRect()
    if (box === undefined || event.buttons === 0) return
    const [x, y] = [(2 * (event.clientX - box.left)) / box.width - 1, 1 - (2 * (event.clientY - box.top)) / box.height]
    // A stroke is a cloud around its path.
    for (let i = 0; i < 3; i++) add(x + 0.02 * (Math.random() - 0.5), y + 0.02 * (Math.random() - 0.5))
  }
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-0.05, 0],
    ArrowRight: [0.05, 0],
    ArrowUp: [0, 0.05],
    ArrowDown: [0, -0.05]
  }
  return (
    <div class="drawing">
      <canvas
        ref={canvas}
        width={side}
        height={side}
        tabIndex={0}
        role="application"
        aria-label={`Drawing board: arrow keys move, enter puts a point; ${points.length} points`}
        onPointerDown={put}
        onPointerMove={put}
        onKeyDown={(event) => {
          const move = moves[event.key]
          if (move === undefined && event.key !== 'Enter') return
          event.preventDefault()
          if (move === undefined) add(...cursor)
          else setCursor(([x, y]) => [Math.max(-1, Math.min(1, x + move[0])), Math.max(-1, Math.min(1, y + move[1]))])
        }}
      />
      <div>
        <button type="button" class="small" disabled={points.length < 2} onClick={() => onPoints(points)}>
          learn {points.length} points
        </button>
        <button type="button" class="small" onClick={() => setPoints([])}>
          clear
        </button>
      </div>
    </div>
  )
}
