import * as E from '#fp-ts/Either'
import type { Endomorphism } from '#fp-ts/Endomorphism'
import { pipe } from '#fp-ts/function'
import type { None } from '../../tensor/arguments.ts'
import { readOptions } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Path } from '../../tensor/tree.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Issue, Issues } from '../check/issue.ts'
import { issue, issueOf, issueOfProblem, readIssues } from '../check/issue.ts'
import { checkParts, checkWeights } from '../check/parts.ts'
import { emptySpec } from '../game/edit.ts'
import type { AverageOptions, ConditionOptions, LabelOptions, Players } from '../game/editSpec.ts'
import {
  between,
  withAverage,
  withConditions,
  withLabels,
  withLoss,
  withOptimizer,
  withProjection,
  withRegularizer,
  withUpdate
} from '../game/editSpec.ts'
import type { Augmentation } from '../game/augmentations/augmentation.ts'
import { withAugmentation } from '../game/withAugmentation.ts'
import { formProblems } from '../game/form.ts'
import { frozen } from '../game/frozen.ts'
import type { Spec } from '../game/spec.ts'
import type { KindName } from './kinds.ts'
import type { Reader } from './read.ts'
import { readEntries, readOf, readValue, unknownName } from './read.ts'
import { writeValue } from './write.ts'

/** Names the format, and its version. */
const format = 'saddlepoint spec 1'

const rightIfNone = <A>(issues: readonly Issue[], value: () => A): E.Either<Issues, A> => {
  const [first, ...others] = issues
  return first === undefined ? E.right(value()) : E.left([first, ...others])
}

/** Leaves out what is found again as soon as they are read. */
const withoutProblems = (augmentations: Spec['augmentations']): unknown =>
  Object.fromEntries(
    Object.entries(augmentations).map(([player, { augmentation, probability }]) => [
      player,
      { augmentation, probability }
    ])
  )

/**
 * Writes a spec as text, which `specFromJson` reads: a spec made of what this library exports is data, each part the name
 * of its function and all arguments, with defaults filled in. Left: every place where there is a function of a user's own
 * (a term, a schedule, a layer by `Net.lambda`), which only code can make again. Numbers are kept to their bits, NaN and
 * -0 among them. The step of what is read back is the same program. Never throws.
 *
 * @example
 * import { E, Gan, Net, Prior, pipe } from 'saddlepoint'
 * const players = { generator: Net.dense(8, 2), discriminator: Net.dense(2, 1), prior: Prior.normal([8]) }
 * const text = Gan.specToJson(Gan.between(players))
 * const again = pipe(text, E.chain((written) => Gan.specFromJson(written)))
 * E.isRight(again) && again.right.networks.generator?.title // => 'dense(8, 2)'
 * const own = Gan.specToJson(Gan.between({ ...players, discriminator: Net.lambda('mine', (x) => x) }))
 * E.isLeft(own) && own.left[0].path // => ['networks', 'discriminator']
 */
export const specToJson = (spec: Spec, ...more: None): E.Either<Issues, string> =>
  pipe(
    readIssues('specToJson', () => readOptions({}, {}, {}, {}, more)),
    E.chain(() => {
      const form = formProblems(spec).map((problem) => issueOfProblem('InvalidValue', [], problem))
      return form.length > 0 ? rightIfNone(form, () => spec) : E.right(spec)
    }),
    E.chain(({ problems, augmentations, ...others }) => {
      const parts = { ...others, augmentations: withoutProblems(augmentations) }
      const issues = problems.map((problem) => issueOfProblem('InvalidValue', [], problem))
      const tell = (one: Issue): void => void issues.push(one)
      try {
        const written = Object.entries(parts).flatMap(([part, x]) =>
          x === undefined ? [] : [[part, writeValue({ tell, depth: 0 }, x, [part])] as const]
        )
        return rightIfNone(issues, () => JSON.stringify({ format, ...Object.fromEntries(written) }))
      } catch (cause) {
        return E.left<Issues>([issueOf('InvalidValue', [], cause)])
      }
    })
  )

const noJson = (actual: string, hint = 'Gan.specToJson(spec) writes it'): Issue =>
  issue('InvalidValue', [], `text in the format ${format}`, actual, hint)

/** Reads the parts of a spec, none of which is made yet. */
const partsIn = (text: unknown): E.Either<Issues, Readonly<Record<string, unknown>>> => {
  if (typeof text !== 'string') return E.left([noJson(showValue(text))])
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isRecord(parsed)) return E.left([noJson('other JSON')])
    const { format: found, ...parts } = parsed
    if (found === format) return E.right(parts)
    const isLater = typeof found === 'string' && found.startsWith('saddlepoint spec ')
    return E.left([
      isLater
        ? noJson(showValue(found), 'Another version of this library wrote it: read it with that one')
        : noJson('format' in parsed ? showValue(found) : 'other JSON')
    ])
  } catch {
    return E.left([noJson(text === '' ? 'no letter' : 'text that is no JSON, or was cut short')])
  }
}

/** What has no place as the name of a player: records have it without being told. */
const isInherited = (name: string): boolean => name in Object.prototype

const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x)

/** Makes a spec of its parts, by the functions that edit one. */
const specOf = (reader: Reader, parts: Readonly<Record<string, unknown>>): Spec => {
  const known = Object.keys(emptySpec).filter((part) => part !== 'problems')
  for (const part of Object.keys(parts))
    if (!known.includes(part)) reader.tell(unknownName([part], 'a part of a spec', part, known))
  const unfit = (path: Path, expected: string, x: unknown): void =>
    reader.tell(issue('InvalidValue', path, expected, showValue(x), 'Gan.specToJson(spec) writes it'))
  const entriesOf = (part: string): readonly (readonly [string, unknown])[] => {
    const record = parts[part] ?? {}
    if (!isRecord(record)) unfit([part], 'a record, by player', record)
    return Object.entries(isRecord(record) ? record : {}).filter(([player]) => {
      if (isInherited(player)) unfit([part, player], 'the name of a player', player)
      return !isInherited(player)
    })
  }
  const each = (part: string, kind: KindName): readonly (readonly [string, unknown])[] =>
    entriesOf(part).map(([player, x]) => [player, readOf(reader, kind, x, [part, player])] as const)
  const one = (part: string, kind: KindName, f: (x: never) => Endomorphism<Spec>): readonly Endomorphism<Spec>[] =>
    parts[part] === undefined ? [] : [f(readOf(reader, kind, parts[part], [part]) as never)]
  const options = (part: string, f: (x: never) => Endomorphism<Spec>): readonly Endomorphism<Spec>[] =>
    parts[part] === undefined ? [] : [f(readValue(reader, parts[part], [part]) as never)]
  const list = (part: string, x: unknown, path: Path): readonly unknown[] => {
    if (!isList(x)) unfit(path, part, x)
    return isList(x) ? x : []
  }
  const players = {
    ...Object.fromEntries(each('networks', 'layer')),
    prior: readOf(reader, 'prior', parts['prior'], ['prior'])
  }
  const edits: readonly Endomorphism<Spec>[] = [
    ...one('loss', 'loss', withLoss),
    ...entriesOf('regularizers').flatMap(([player, terms]) => {
      const path = ['regularizers', player]
      const read = readValue(reader, list('a list of terms', terms, path), path)
      return [withRegularizer(player, read as never)]
    }),
    ...each('optimizers', 'optimizer').map(([player, x]) => withOptimizer(player, x as never)),
    ...one('update', 'update', withUpdate),
    ...options('average', (average: AverageOptions) => withAverage(average)),
    ...each('projections', 'projection').map(([player, x]) => withProjection(player, x as never)),
    ...entriesOf('augmentations').map(([player, given]) => {
      const path = ['augmentations', player]
      if (!isRecord(given)) unfit(path, 'a record of augmentation and probability', given)
      const { augmentation, ...others } = isRecord(given) ? given : {}
      const read = readOf(reader, 'augment', augmentation, path)
      return withAugmentation(player, read as Augmentation, readEntries(reader, others, path))
    }),
    ...options('labels', (labels: Readonly<Record<string, unknown>>) => {
      const { shape, fakes, ...others } = isRecord(labels) ? labels : { shape: labels }
      return 'classes' in others
        ? withLabels({ fakes, ...others } as unknown as LabelOptions)
        : withConditions({ shape, ...others } as unknown as ConditionOptions)
    }),
    ...list('a list of paths', parts['frozen'] ?? [], ['frozen']).map((path) => frozen(path as never))
  ]
  return edits.reduce((spec, edit) => edit(spec), between(players as unknown as Players))
}

/**
 * Reads a spec from what `specToJson` wrote. Left: what is wrong with the text, every name that nothing has, with the one
 * that may have been meant, every option that its function refuses, each with its path. Text from anywhere may be given:
 * nothing is made but what this library exports, and nothing is computed. Whether the parts suit one another is what
 * `Gan.validate` says. Never throws.
 *
 * @example
 * import { E, Gan } from 'saddlepoint'
 * const read = Gan.specFromJson('{ "format": "saddlepoint spec 1", "prior": { "prior": "nromal", "options": { "shape": [8] } } }')
 * E.isLeft(read) && [read.left[0].path, read.left[0].hint] // => [['prior'], 'Did you mean normal?']
 */
export const specFromJson = (text: string, ...more: None): E.Either<Issues, Spec> =>
  pipe(
    readIssues('specFromJson', () => readOptions({}, {}, {}, {}, more)),
    E.chain(() => partsIn(text)),
    E.chain((parts) => {
      const issues: Issue[] = []
      try {
        const spec = specOf({ tell: (one) => void issues.push(one), depth: 0 }, parts)
        return rightIfNone(
          issues.length > 0 ? issues : [...checkParts(spec), ...checkWeights(spec)].filter(isAnError),
          () => spec
        )
      } catch (cause) {
        return E.left<Issues>([issueOf('InvalidValue', [], cause)])
      }
    })
  )

const isAnError = ({ severity }: Issue): boolean => severity === 'error'
