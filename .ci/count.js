// Prints how many tests passed and failed: node count.js REPORT EXIT_CODE, the report being vitest's JSON.
import { existsSync, readFileSync } from 'node:fs'

const [file, exitCode] = process.argv.slice(2)

const count = () => {
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  // A file that could not be loaded has no tests to fail.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed')
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length }
}

const { passed, failed } = count()
// Errors outside any test, or a run cut short, show in the exit code only.
console.log(passed, failed === 0 && exitCode !== '0' ? 1 : failed)
