import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Issues } from '../../gan/check/issue.ts'
import { issue, issueOf, issueOfProblem, readIssues } from '../../gan/check/issue.ts'
import { formProblems } from '../../gan/game/form.ts'
import { labelsAval } from '../../gan/game/labels.ts'
import type { Spec } from '../../gan/game/spec.ts'
import { generatorWith, heldBy } from '../../gan/step/generator.ts'
import type { State } from '../../gan/step/state.ts'
import { key } from '../../random/key.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Options, Rules } from '../../tensor/options.ts'
import { count as aCount, oneOf, optional, readOptions } from '../../tensor/options.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { blank } from '../../tensor/tensor.ts'
import { flatten, flattenWithPaths } from '../../tensor/tree.ts'
import { traceFunction } from '../../transform/compile.ts'
import { nameOf } from '../tensorName.ts'
import { onnx } from './onnx.ts'

export interface ExportGeneratorOptions {
  /** How many samples a run of the file makes, a whole number >= 1: its batch axis is fixed. */
  readonly count: number
  /** Which parameters: their running average, by default where there is one, or those that training is at. */
  readonly parameters?: 'average' | 'current'
}

const rules: Rules = { count: aCount, parameters: optional(oneOf('average', 'current')) }

const op = 'Export.generator'

/** Writes the generator of a spec, which is sound in its form. */
const written = (
  spec: Spec,
  state: State,
  { count, parameters }: ExportGeneratorOptions
): E.Either<Issues, Uint8Array> => {
  const { networks, prior, labels } = spec
  const net = networks['generator']
  if (net === undefined)
    return E.left([
      issue('Missing', ['networks', 'generator'], 'a generator', 'none', 'Gan.between({ generator: ..., ... })')
    ])
  const held = heldBy(op, net, state, parameters)
  const own = flattenWithPaths({ params: held.params, layers: held.layers }, op)
  const names = own.paths.map(([part, ...path]) => nameOf(part === 'params' ? path : ['layers', ...path]))
  const latents = blank({ dtype: 'float32', shape: [count, ...prior.shape] })
  const given = labels === undefined ? { latents } : { labels: blank(labelsAval(labels, count)), latents }
  const { leaves, structure } = flatten([given, { params: held.params, layers: held.layers }], op)
  const apply = (drawn: { latents: Tensor; labels?: Tensor }, kept: typeof held): Tensor =>
    generatorWith(net, kept, { key: key(0), labels: drawn.labels })(drawn.latents)
  const { program } = traceFunction(apply, structure, leaves as readonly Tensor[], op)
  return onnx(program, {
    inputs: [...Object.keys(given), ...names],
    outputs: ['samples'],
    values: Object.fromEntries(names.map((name, i) => [name, own.leaves[i] as Tensor])),
    name: 'generator'
  })
}

/**
 * Writes the generator of a state, in evaluation mode, as the bytes of an ONNX file. It takes `latents`, float32
 * [count, ...prior's shape], and in a conditional GAN `labels`, int32 [count] (or conditions, float32 [count, ...]); it
 * gives `samples`, [count, ...]. Parameters are in the file under their paths, `0.weights`. A generator that
 * draws in evaluation mode, noise in its layers say, is refused. Never throws.
 *
 * @example
 * import { E, Export, Gan, Issue, Loss, Net, Opt, Prior, pipe } from 'saddlepoint'
 * const spec = pipe(
 *   Gan.between({ generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }),
 *   Gan.withLoss(Loss.nonSaturating),
 *   Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
 *   Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
 * )
 * const step = await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()
 * if (E.isLeft(step)) throw new Error(Issue.show(step.left))
 * const file = Export.generator(spec, await step.right.init(0), { count: 16 })
 * E.isRight(file) // => true
 */
export const generator = (
  spec: Spec,
  state: State,
  options: ExportGeneratorOptions,
  ...more: None
): E.Either<Issues, Uint8Array> =>
  pipe(
    readIssues('generator', (): Options<ExportGeneratorOptions> =>
      readOptions<ExportGeneratorOptions>({}, options, rules, {}, more)
    ),
    E.chain((all) => {
      const [first, ...others] = formProblems(spec).map((problem) => issueOfProblem('InvalidValue', [], problem))
      return first === undefined ? E.right(all) : E.left<Issues>([first, ...others])
    }),
    E.chain((all) =>
      pipe(
        E.tryCatch(
          () => written(spec, state, all),
          (cause): Issues => [issueOf('NetworkFailed', ['networks', 'generator'], cause)]
        ),
        E.flatten
      )
    )
  )
