/** Results of runs as tables. */
import { showSetting } from './job.ts'
import type { Result } from './results.ts'

/** A row of a table: a value or nothing for each column. */
export type Row = Readonly<Record<string, unknown>>

/** Makes a row: what is run, how it stands, what it came to. */
export const rowOf = ({ job, status, step, figures, why }: Result): Row => ({
  run: job.name,
  arm: job.arm,
  spec: job.specName,
  ...job.settings,
  seed: job.seed,
  status,
  step,
  steps: job.steps,
  ...figures,
  ...(why === undefined ? {} : { why })
})

/** Lists the columns of some rows, in the order in which they first come. */
export const columnsOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.flatMap(Object.keys))]

export const jsonLines = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

const cell = (value: unknown): string => {
  const text = value === undefined || value === null ? '' : showSetting(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Writes rows as comma-separated values (RFC 4180), columns named in the first line; what a row lacks is empty. */
export const csv = (rows: readonly Row[]): string => {
  const columns = columnsOf(rows)
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))]
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}
