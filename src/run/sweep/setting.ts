/** Changes in a written spec, by path. */
import * as E from '#fp-ts/Either'
import type { Issues } from '../../gan/check/issue.ts'
import { issue } from '../../gan/check/issue.ts'
import { nearestWord } from '../../tensor/nearestWord.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'

type Json = Readonly<Record<string, unknown>> | readonly unknown[]

const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x)
const isJson = (x: unknown): x is Json => isRecord(x) || isList(x)

const namesIn = (x: Json): readonly string[] => Object.keys(x)

/** Names that may be written next: those of the part itself, and of its options, whose name may be left out. */
const nextNames = (x: Json): readonly string[] => {
  const options = isRecord(x) ? x['options'] : undefined
  return [...namesIn(x), ...(isJson(options) ? namesIn(options) : [])]
}

const replaced = (x: Json, name: string, value: unknown): Json =>
  isList(x) ? x.with(Number(name), value) : { ...x, [name]: value }

const changed = (
  x: unknown,
  path: readonly string[],
  whole: readonly string[],
  value: unknown
): E.Either<Issues, unknown> => {
  const [name, ...rest] = path
  if (name === undefined) return E.right(value)
  const misfit = (expected: string, actual: string, hint: string): E.Either<Issues, never> =>
    E.left([issue('Misspelt', ['settings', whole.join('.')], expected, actual, hint)])
  if (!isJson(x)) return misfit(`a part with ${name}`, showValue(x), 'Gan.specToJson(spec) shows what there is')
  const names = nextNames(x)
  if (!names.includes(name)) {
    const meant = nearestWord(name, names)
    return misfit(
      `one of ${names.join(', ')}`,
      name,
      meant === undefined ? 'Gan.specToJson(spec) shows what there is' : `Did you mean ${meant}?`
    )
  }
  const own = x as Readonly<Record<string, unknown>>
  return Object.hasOwn(x, name)
    ? E.map((inner) => replaced(x, name, inner))(changed(own[name], rest, whole, value))
    : E.map((inner) => replaced(x, 'options', inner))(changed(own['options'], path, whole, value))
}

/**
 * Sets a value in a spec as `Gan.specToJson` writes it: `optimizers.generator.learningRate`,
 * `regularizers.discriminator.0.gamma`. Names of lists are numbers; `options` may be left out. Left: a name that nothing has.
 */
export const withSetting = (spec: Json, path: string, value: unknown): E.Either<Issues, Json> => {
  const names = path.split('.')
  return changed(spec, names, names, value) as E.Either<Issues, Json>
}
