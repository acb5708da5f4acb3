import { showExplanation } from '../../compiler/explain.ts'
import { kindOf } from '../../../kernels/gpu/kernel.ts'
import { showShape } from '../../tensor/shape.ts'
import type { Ready, Session } from './session.ts'

const drawReady = (one: Ready, number: number): readonly string[] => {
  const { takes, gives, program } = one.part
  const place = `part ${String(number)}`
  const traffic = `${String(takes.length)} arrays in, ${String(gives.length)} out`
  if (one.at === 'host') {
    const made = program.outputs.map(({ primitive, dtype, shape }) => `${primitive.name} ${dtype}${showShape(shape)}`)
    return [`${place}, on the host: ${traffic}: ${made.join(', ')}`]
  }
  const { launches, figures } = one.work
  const kinds = new Set(launches.map(({ kernel }) => kindOf(kernel))).size
  const executor = one.executor() ?? 'not run yet'
  return [
    `${place}, gpu.js (${executor}): ${traffic}; ${String(launches.length)} launches of ${String(kinds)} kernels`,
    showExplanation(figures)
  ]
}

/** The parts of a program in the order in which they run, and what the kernels of each take. */
export const showSession = (engine: string, { device, ready }: Session): string =>
  [`${engine} on ${device.adapter}`, ...ready.flatMap(drawReady)].join('\n')
