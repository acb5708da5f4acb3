/** Links of the pages that people read lead to files and headings that exist. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { anchor } from '../support/anchor.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = [
  ...['README.md', 'CHANGELOG.md', 'bench/README.md', 'bench/NOTES.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
]

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Where a page's links lead, those to other sites left out. Code has no links. */
const linksOf = (page: string): readonly string[] =>
  [
    ...read(page)
      .replaceAll(/^(```+)[^]*?^\1$|`[^`\n]*`/gm, '')
      .matchAll(/\]\(([^)\s]+)\)/g)
  ]
    .map(([, target]) => target!)
    .filter((target) => !/^\w+:/.test(target))

const leads = (page: string, target: string): boolean => {
  const [path = '', heading] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  // A folder has no place in the book.
  if (statSync(join(root, file), { throwIfNoEntry: false })?.isFile() !== true) return false
  return heading === undefined || [...read(file).matchAll(/^#+ (.*)$/gm)].some(([, text]) => anchor(text!) === heading)
}

describe('links', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    expect(linksOf(page).filter((target) => !leads(page, target))).toEqual([])
  })
})
