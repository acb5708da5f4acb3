import { kernelKey } from '../../../kernels/gpu/kernel.ts'
import { showExplanation } from '../../compiler/explain.ts'
import { showAval } from '../../tensor/tensor.ts'
import type { ReadyPart, Session } from './readyParts.ts'

const showPart = (ready: ReadyPart, name: string): readonly string[] => {
  const { imports, exports } = ready.part
  const traffic = `${String(imports.length)} arrays in, ${String(exports.length)} out`
  if (ready.at === 'loop') {
    const { length } = ready.part.scan.params
    return [
      `part ${name}, a loop of ${String(length)} iterations: ${traffic}; of each iteration`,
      ...ready.body.flatMap((part, i) => showPart(part, `${name}.${String(i)}`))
    ]
  }
  if (ready.at === 'host') {
    const computed = ready.part.program.outputs.map((node) => `${node.primitive.name} ${showAval(node)}`)
    return [`part ${name}, on the host: ${traffic}: ${computed.join(', ')}`]
  }
  const { launches, figures } = ready.printed
  const kernels = new Set(launches.map(({ kernel }) => kernelKey(kernel))).size
  const executor = ready.executor() ?? 'not run yet'
  return [
    `part ${name}, gpu.js (${executor}): ${traffic}; ${String(launches.length)} launches of ${String(kernels)} kernels`,
    showExplanation(figures)
  ]
}

/** Lists the parts of a program in the order in which they run, and the figures of each one's kernels. */
export const showSession = (engine: string, { device, parts }: Session): string =>
  [`${engine} on ${device.adapter}`, ...parts.flatMap((part, i) => showPart(part, String(i)))].join('\n')
