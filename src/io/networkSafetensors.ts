import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Issue, Issues } from '../gan/check/issue.ts'
import { issue, issueOf, readIssues } from '../gan/check/issue.ts'
import type { Held } from '../gan/game/networks.ts'
import { holds, showGiven } from '../gan/step/given.ts'
import type { Layer } from '../nn/layer.ts'
import { transpose } from '../ops/shaping.ts'
import type { Key } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { oneOf, readOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { blank, showAval } from '../tensor/tensor.ts'
import type { Path } from '../tensor/tree.ts'
import { flattenWithPaths, isRecord, unflatten } from '../tensor/tree.ts'
import { shapesOf } from '../transform/shapes.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'
import { issueOfFile } from './stateSafetensors.ts'
import { nameOf } from './tensorName.ts'

export interface NetworkOptions {
  /**
   * How the file names tensors and lays out matrices: as `networkToSafetensors` does, by default, or as PyTorch's
   * `state_dict` of an `nn.Sequential` of the same layers.
   */
  readonly layout?: 'saddlepoint' | 'torch'
}

/** A tensor of a network, the name of one in a file, and what is to be done to it. */
interface Wanted {
  readonly name: string
  readonly isTransposed: boolean
}

const torchNames: Readonly<Record<string, string>> = {
  weights: 'weight',
  scale: 'weight',
  offset: 'bias',
  mean: 'running_mean',
  variance: 'running_var'
}

/** What PyTorch keeps and we do not: how many minibatches its running statistics have seen. */
const isCounter = (name: string): boolean => name.endsWith('num_batches_tracked')

/** Says under which name a tensor of a network lies in a file. */
const wantedAs = (layout: NetworkOptions['layout'], [part, ...path]: Path, rank: number): Wanted => {
  const last = String(path.at(-1))
  if (layout === 'torch')
    return {
      name: nameOf([...path.slice(0, -1), torchNames[last] ?? last]),
      isTransposed: last === 'weights' && rank === 2
    }
  return { name: nameOf(part === 'params' ? path : ['layers', ...path]), isTransposed: false }
}

/**
 * Writes one network as the bytes of a safetensors file: its parameters by their paths (`0.weights`), the state of its
 * layers below `layers.` (`layers.1.mean`).
 *
 * @param held what training keeps of it, `state.players.generator`, or the average, `{ params: state.averages.generator,
 * layers: state.players.generator.layers }`
 * @throws InvalidArgument where there is no network
 *
 * @example
 * import { E, Gan, Net, Random } from 'saddlepoint'
 * const net = Net.serial(Net.dense(2, 3), Net.tanh, Net.dense(3, 1))
 * const { params, state } = net.init(Random.key(0))
 * const bytes = Gan.networkToSafetensors({ params, layers: state })
 * const read = Gan.networkFromSafetensors(net, bytes)
 * E.isRight(read) && read.right.params // => params
 */
export const networkToSafetensors = (
  held: Held,
  metadata: Readonly<Record<string, string>> = {},
  ...more: None
): Uint8Array => {
  const op = 'Gan.networkToSafetensors'
  refuseMore(op, more)
  const found: unknown = held
  if (!isRecord(found) || !('params' in found))
    return fail('InvalidArgument', {
      op,
      expected: 'a network, { params, layers }',
      actual: showValue(found),
      hint: 'state.players.generator, say'
    })
  const { leaves, paths } = flattenWithPaths({ params: held.params, layers: held.layers }, op)
  const tensors = leaves.map((leaf, i): readonly [string, Tensor] => {
    const path = paths[i] ?? []
    return typeof leaf === 'object' && holds(leaf, leaf)
      ? [wantedAs('saddlepoint', path, 0).name, leaf]
      : fail('InvalidArgument', { op, expected: 'tensors', actual: `${showGiven(leaf)} at ${path.join('.')}` })
  })
  const named = Object.fromEntries(tensors)
  if (Object.keys(named).length < tensors.length)
    fail('InvalidArgument', { op, expected: 'tensors of different names', actual: Object.keys(named).join(', ') })
  return writeSafetensors(named, metadata)
}

/**
 * Reads the numbers of a network from the bytes of a safetensors file. Left: what is wrong with the network or the bytes,
 * or every tensor that is missing, is another, or has no place. Never throws.
 *
 * Of PyTorch, `nn.Sequential` of the same layers in the same order fits: `weight`, `bias`, `running_mean` and
 * `running_var` are read by the names they have here, and matrices of dense layers, [outputs, inputs] there, are
 * transposed.
 *
 * @example
 * import { E, Gan, Net, tensor, writeSafetensors } from 'saddlepoint'
 * const net = Net.dense(2, 1)
 * const torch = writeSafetensors({ weight: tensor([[3, 4]]), bias: tensor([5]) })
 * const read = Gan.networkFromSafetensors(net, torch, { layout: 'torch' })
 * E.isRight(read) && net.apply({ params: read.right.params, state: [] }, tensor([[1, 10]]))[0].data // => [48]
 * const missed = Gan.networkFromSafetensors(net, torch)
 * E.isLeft(missed) && missed.left[0].hint // => "A file of PyTorch's is read by { layout: 'torch' }"
 */
export const networkFromSafetensors = (
  net: Layer,
  bytes: Uint8Array,
  options: NetworkOptions = {},
  ...more: None
): E.Either<Issues, Held> =>
  pipe(
    readIssues('networkFromSafetensors', () =>
      readOptions<NetworkOptions>(
        { layout: 'saddlepoint' },
        options,
        { layout: oneOf('saddlepoint', 'torch') },
        {},
        more
      )
    ),
    E.bindTo('all'),
    E.bind('like', () =>
      E.tryCatch(
        () => shapesOf('networkFromSafetensors', (key: Key) => net.init(key), blank({ shape: [2], dtype: 'int32' })),
        (cause): Issues => [issueOf('NetworkFailed', ['network'], cause)]
      )
    ),
    E.bind('file', () =>
      pipe(
        readSafetensors(bytes, { file: 'network' }),
        E.mapLeft((one): Issues => [issueOfFile(one)])
      )
    ),
    E.chain(({ all: { layout }, like: { params, state }, file: { tensors } }) =>
      placed({ params, layers: state }, tensors, layout)
    )
  )

const placed = <T>(
  like: T,
  tensors: Readonly<Record<string, Tensor>>,
  layout: NetworkOptions['layout']
): E.Either<Issues, T> => {
  const { leaves, paths, structure } = flattenWithPaths(like, 'network')
  const used = new Set<string>()
  const issues: Issue[] = []
  const differs = (name: string, expected: string, actual: string): void => {
    issues.push(
      issue(
        'BadFile',
        ['network', name],
        expected,
        actual,
        layout === 'torch'
          ? 'The layers must be those of the nn.Sequential, one by one'
          : "A file of PyTorch's is read by { layout: 'torch' }"
      )
    )
  }
  const found = leaves.map((leaf, i) => {
    const aval = leaf as Tensor
    const { name, isTransposed } = wantedAs(layout, paths[i] ?? [], aval.shape.length)
    const there = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    used.add(name)
    const x = there !== undefined && isTransposed && there.shape.length === 2 ? transpose(there) : there
    if (x === undefined) differs(name, showAval(aval), 'nothing')
    else if (!holds(x, aval)) differs(name, showAval(aval), showGiven(x))
    return x
  })
  for (const [name, x] of Object.entries(tensors))
    if (!used.has(name) && !(layout === 'torch' && isCounter(name))) differs(name, 'nothing', showAval(x))
  const [first, ...others] = issues
  return first === undefined ? E.right(unflatten(structure, found) as T) : E.left([first, ...others])
}
