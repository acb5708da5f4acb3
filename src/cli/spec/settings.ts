/** Settings of the command line, `--set path=value`, and their way into a spec. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Spec } from '../../gan/game/spec.ts'
import { specFromJson, specToJson } from '../../gan/json/specJson.ts'
import { nearestWord } from '../../tensor/nearestWord.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Failure } from '../cli.ts'
import { misused, ofIssues } from '../cli.ts'

/** Holds values by their paths: `{ 'optimizers.generator.learningRate': 1e-4 }`. */
export type Settings = Readonly<Record<string, unknown>>

/** Reads a value as JSON, and what is none as a text. */
const valueOf = (word: string): unknown => {
  try {
    return JSON.parse(word)
  } catch {
    return word
  }
}

/** Reads `path=value` words. */
export const readSettings = (words: readonly string[]): E.Either<Failure, Settings> =>
  words.reduce<E.Either<Failure, Settings>>((read, word) => {
    const at = word.indexOf('=')
    return at < 1
      ? E.left(misused(`--set '${word}': give path=value, such as width=64 or optimizers.generator.learningRate=1e-4.`))
      : E.map((before: Settings) => ({ ...before, [word.slice(0, at)]: valueOf(word.slice(at + 1)) }))(read)
  }, E.right({}))

type Json = Record<string, unknown>

const isJson = (x: unknown): x is Json => isRecord(x)

/** Finds the element of a list by its place, or by a name in it: `r1` among the terms of a player. */
const placeIn = (list: readonly unknown[], name: string): number =>
  /^\d+$/.test(name)
    ? Number(name)
    : list.findIndex((x) => isJson(x) && Object.values(x).some((value) => value === name))

/** Names what a path can go on with. */
const namesIn = (node: unknown): readonly string[] =>
  Array.isArray(node)
    ? node.flatMap((x) =>
        isJson(x) ? Object.values(x).filter((value): value is string => typeof value === 'string') : []
      )
    : isJson(node)
      ? [
          ...Object.keys(node).filter((name) => name !== 'options'),
          ...(isJson(node['options']) ? Object.keys(node['options']) : [])
        ]
      : []

/** Answers with the record that holds a name: options of a call are reached without being named. */
const holderOf = (node: Json, name: string): Json =>
  !(name in node) && isJson(node['options']) ? node['options'] : node

/** Puts a value at a path in what JSON gave, which is this function's own. */
const put = (root: Json, path: string, value: unknown): E.Either<Failure, void> => {
  const names = path.split('.')
  let node: unknown = root
  for (const [i, name] of names.entries()) {
    const isLast = i === names.length - 1
    const known = namesIn(node)
    const missing = (): E.Either<Failure, never> => {
      const meant = nearestWord(name, known)
      const hint = meant === undefined ? `Here are ${known.join(', ') || 'no names'}.` : `Did you mean ${meant}?`
      return E.left(
        misused(`--set '${path}': there is no ${name}${i === 0 ? '' : ` in ${names.slice(0, i).join('.')}`}. ${hint}`)
      )
    }
    if (Array.isArray(node)) {
      const at = placeIn(node, name)
      if (at < 0 || at >= node.length) return missing()
      if (isLast) node[at] = value
      node = node[at]
    } else if (isJson(node)) {
      const holder = holderOf(node, name)
      if (!(name in holder) && !(isLast && i > 0)) return missing()
      if (isLast) holder[name] = value
      node = holder[name]
    } else return missing()
  }
  return E.right(undefined)
}

/** Changes a spec, which has to be data, at the paths of settings. */
export const withSettings = (spec: Spec, settings: Settings): E.Either<Failure, Spec> =>
  Object.keys(settings).length === 0
    ? E.right(spec)
    : pipe(
        specToJson(spec),
        E.mapLeft(ofIssues),
        E.chain((text) => {
          const root = JSON.parse(text) as Json
          return pipe(
            Object.entries(settings),
            E.traverseArray(([path, value]) => put(root, path, value)),
            E.chain(() => E.mapLeft(ofIssues)(specFromJson(JSON.stringify(root))))
          )
        })
      )
