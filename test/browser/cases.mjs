// Runs the reference cases of the ops on the engine that the address asks for, and tells the server what is off.
import ops from '../fixtures/reference/ops.json'
import { compile } from '../../src/transform/compile.ts'
import { derivativesOf, problemsOf, readCases } from '../support/referenceCases.ts'

const run = async ({ engine, tolerance }) => {
  const cases = readCases('ops.json', ops)
  const executors = new Set()
  const problems = []
  for (const one of cases) {
    const compiled = compile(derivativesOf(one.f), { engine })
    const given = [one.inputs, one.tangents, one.cotangent]
    try {
      const found = problemsOf(one, await compiled(...given), tolerance)
      problems.push(...found.map((problem) => `${one.name}: ${problem}`))
      for (const [, executor] of (await compiled.explain(...given)).matchAll(/gpu\.js \(([^)]+)\)/g))
        executors.add(executor)
    } catch (cause) {
      problems.push(`${one.name}: ${String(cause?.message ?? cause)}`)
    }
    compiled.dispose()
  }
  return { count: cases.length, ops: new Set(cases.map(({ op }) => op)).size, executors: [...executors], problems }
}

const report = async () => {
  try {
    return await run(JSON.parse(decodeURIComponent(location.hash.slice(1))))
  } catch (cause) {
    return { error: String(cause?.stack ?? cause) }
  }
}
await fetch('/report', { method: 'POST', body: JSON.stringify(await report()) })
