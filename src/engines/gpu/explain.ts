import { kernelKey } from '../../../kernels/gpu/kernel.ts'
import { showExplanation } from '../../compiler/explain.ts'
import { showAval } from '../../tensor/tensor.ts'
import type { ReadyPart, Session } from './session.ts'

const showPart = (ready: ReadyPart, number: number): readonly string[] => {
  const { imports, exports, program } = ready.part
  const name = `part ${String(number)}`
  const traffic = `${String(imports.length)} arrays in, ${String(exports.length)} out`
  if (ready.at === 'host') {
    const computed = program.outputs.map((node) => `${node.primitive.name} ${showAval(node)}`)
    return [`${name}, on the host: ${traffic}: ${computed.join(', ')}`]
  }
  const { launches, figures } = ready.printed
  const kernels = new Set(launches.map(({ kernel }) => kernelKey(kernel))).size
  const executor = ready.executor() ?? 'not run yet'
  return [
    `${name}, gpu.js (${executor}): ${traffic}; ${String(launches.length)} launches of ${String(kernels)} kernels`,
    showExplanation(figures)
  ]
}

/** Lists the parts of a program in the order in which they run, and the figures of each one's kernels. */
export const showSession = (engine: string, { device, parts }: Session): string =>
  [`${engine} on ${device.adapter}`, ...parts.flatMap(showPart)].join('\n')
