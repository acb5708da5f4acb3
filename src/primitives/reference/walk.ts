import type { Shape } from '../../tensor/shape.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Strided } from '../../tensor/strided.ts'
import { sourceIndices } from './sourceIndices.ts'

interface Run {
  readonly extent: number
  readonly from: number
  readonly to: number
}

/** A walk through two layouts at once: runs along one axis, run r starting at reads[r] in one and writes[r] in the other. */
export interface Walk {
  readonly run: Run
  readonly reads: Int32Array
  readonly writes: Int32Array
}

/** Axes that are one walk in both buffers are taken together. */
const mergedAxes = (shape: Shape, source: Strided, target: Strided): readonly Run[] => {
  const axes: Run[] = []
  shape.forEach((extent, i) => {
    if (extent === 1) return
    const axis = { extent, from: source.strides[i]!, to: target.strides[i]! }
    const outer = axes.at(-1)
    if (outer !== undefined && outer.from === axis.from * extent && outer.to === axis.to * extent)
      axes[axes.length - 1] = { ...axis, extent: outer.extent * extent }
    else axes.push(axis)
  })
  return axes
}

/** The walk of an array of `shape` in row-major order; offsets are tabled once, up to a run along the last axis. */
export const walk = (shape: Shape, source: Strided, target: Strided): Walk => {
  const axes = sizeOf(shape) === 0 ? [{ extent: 0, from: 0, to: 0 }] : mergedAxes(shape, source, target)
  const outer = axes.slice(0, -1)
  const table = (layout: Strided, strides: readonly number[]): Int32Array =>
    sourceIndices(
      outer.map((axis) => axis.extent),
      strides,
      layout.start
    )
  return {
    run: axes.at(-1) ?? { extent: 1, from: 1, to: 1 },
    reads: table(
      source,
      outer.map((axis) => axis.from)
    ),
    writes: table(
      target,
      outer.map((axis) => axis.to)
    )
  }
}
