import type { Json, JsonRecord } from '../worker/messages.ts'

export type JsonPath = readonly (string | number)[]

export const isRecord = (x: Json | undefined): x is JsonRecord =>
  typeof x === 'object' && x !== null && !Array.isArray(x)

export const isList = (x: Json | undefined): x is readonly Json[] => Array.isArray(x)

/** Returns JSON with another value at a path; undefined takes away what is there. */
export const withAt = (json: Json | undefined, path: JsonPath, value: Json | undefined): Json => {
  const [first, ...rest] = path
  if (first === undefined) return value ?? null
  const inner = isList(json) ? json[Number(first)] : isRecord(json) ? json[String(first)] : undefined
  const next = rest.length === 0 ? value : withAt(inner, rest, value)
  if (isList(json) || (json === undefined && typeof first === 'number')) {
    const list = json ?? []
    const at = Number(first)
    return next === undefined
      ? list.filter((_, i) => i !== at)
      : at >= list.length
        ? [...list, next]
        : list.map((x, i) => (i === at ? next : x))
  }
  const { [String(first)]: _, ...others } = isRecord(json) ? json : {}
  if (next === undefined) return others
  return isRecord(json) && String(first) in json
    ? Object.fromEntries(Object.entries(json).map(([key, x]) => [key, key === String(first) ? next : x]))
    : { ...others, [String(first)]: next }
}
