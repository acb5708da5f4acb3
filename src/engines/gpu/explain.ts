import { draw } from '../../program/draw.ts'
import type { Program } from '../../program/program.ts'
import { drawShape } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { isNode } from '../../program/node.ts'
import { kindOf } from '../../../kernels/gpu/kernel.ts'
import type { Schedule, Stage } from './schedule.ts'

const drawAval = (x: Aval): string => `${x.dtype}${drawShape(x.shape)}`

const drawStage = (stage: Stage, number: number): readonly string[] => {
  const place = `stage ${String(number)}`
  if (stage.at === 'host')
    return [
      `${place}, host: ${String(stage.steps.length)} nodes`,
      ...stage.steps.map(({ writes }) => `  ${writes.primitive.name} to ${drawAval(writes)}`)
    ]
  const { calls, takes, gives } = stage
  const written = calls.reduce((sum, { kernel }) => sum + 4 * kernel.cells, 0)
  const kinds = new Set(calls.map(({ kernel }) => kindOf(kernel))).size
  return [
    `${place}, gpu.js: ${String(calls.length)} kernels (${String(kinds)} distinct) write ${String(written)} bytes; ` +
      `${String(takes.length)} arrays up, ${String(gives.length)} down`,
    ...calls.map(
      ({ writes, kernel }) =>
        `  ${isNode(writes) ? writes.primitive.name : 'part'} to ${drawAval(writes)}, ${String(kernel.cells)} threads`
    )
  ]
}

/** The stages of a program, what runs in each, and the program. */
export const explainSchedule = (engine: string, { stages }: Schedule, program: Program): string =>
  [engine, ...stages.flatMap(drawStage), draw(program)].join('\n')
