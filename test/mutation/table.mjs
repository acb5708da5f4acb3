// Prints what the runs of `npm run mutation` found, as a table in Markdown: node test/mutation/table.mjs
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../../out/mutation/', import.meta.url)

/** Killed by a failing test, or by a test that never ended; survived every test, or met none. Ignored and invalid mutants are not counted. */
export const rowOf = (name, report) => {
  const counts = { Killed: 0, Timeout: 0, Survived: 0, NoCoverage: 0 }
  for (const { mutants } of Object.values(report.files))
    for (const { status } of mutants) if (status in counts) counts[status] += 1
  const { Killed: killed, Timeout: timedOut } = counts
  const survived = counts.Survived + counts.NoCoverage
  const total = killed + timedOut + survived
  return `| ${name} | ${total} | ${killed} | ${timedOut} | ${survived} | ${((100 * (killed + timedOut)) / total).toFixed(1)} % |`
}

export const head =
  '| folder | mutants | killed | timed out | survived | score |\n| --- | ---: | ---: | ---: | ---: | ---: |'

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const reports = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.report.json')) : []
  const rows = reports.map((name) =>
    rowOf(
      name.replace('.report.json', '').replaceAll('+', '/'),
      JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
    )
  )
  console.log([head, ...rows].join('\n'))
}
