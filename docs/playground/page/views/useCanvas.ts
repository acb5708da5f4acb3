import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Colours } from './colours.ts'
import { coloursOf } from './colours.ts'

export type Draw = (context: CanvasRenderingContext2D, side: number, colours: Colours) => void

/** A square canvas that is drawn again at the next picture of the screen whenever `draw` is another. */
export const useCanvas = (draw: Draw): RefObject<HTMLCanvasElement | null> => {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const paint = (): void => {
      const element = canvas.current
      const context = element?.getContext('2d')
      if (!element || !context) return
      const side = Math.max(1, Math.round(element.clientWidth * Math.min(devicePixelRatio, 2)))
      if (element.width !== side) {
        element.width = side
        element.height = side
      }
      draw(context, side, coloursOf(element))
    }
    const asked = requestAnimationFrame(paint)
    return () => cancelAnimationFrame(asked)
  }, [draw])
  return canvas
}
