#!/usr/bin/env node
/** The command line. Each command lives in `commands/` and is loaded when it is called. */
import { Command, CommanderError, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { italianTime } from '../energy/civil-time.ts'
import { formatNames, readingUnits } from '../ingest/index.ts'
import { ConfigurationError } from './configuration-error.ts'
import { strangeNames } from './setting-names.ts'
import { CommandRefusal, endWhereOutputFails, say } from './terminal.ts'

const program = new Command('loadlens')
  // Before the commands, which inherit it: wrong use of any of them comes to `exitCodeOf`.
  .exitOverride()
  .description(packageJson.description)
  .version(packageJson.version)
  .showHelpAfterError('(--help tells how the command is used)')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', '\nSettings come from the environment: docs/settings.md lists them.')
  .hook('preAction', () => {
    const strange = strangeNames(process.env)
    if (strange.length > 0)
      say(`loadlens: no settings, and so not read: ${strange.join(', ')} (docs/settings.md lists them)`)
  })
  .hook('preAction', (_, command) => {
    const values = command.opts()
    const empty = command.options.find((one) => /<(file|folder)>/.test(one.flags) && values[one.attributeName()] === '')
    if (empty !== undefined) command.error(`error: option '${empty.flags}' has an empty name`)
  })

program
  .command('serve')
  .description('answer over HTTP until stopped (SIGINT or SIGTERM stop gracefully)')
  .action(async () => (await import('./commands/serve.ts')).serve())

program
  .command('demo')
  .description('load a real home and synthetic neighbours, print a curl for every endpoint, and run on live')
  .option('--json', 'print address, client id and secret as JSON once ready')
  .action(async (options) => (await import('./commands/demo.ts')).demo(options))

const client = program.command('client').description('create, list and revoke OAuth2 clients, give them new secrets')

client
  .command('create')
  .description('create a client and print its secret, once')
  .argument('<id>', 'the client id: letters, digits, ".", "_", "-"')
  .requiredOption('-c, --company <code...>', 'company codes the client may register accounts for')
  .option('-n, --name <name>', 'a name for people')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/client.ts')).createClientCommand(id, options))

client
  .command('list')
  .description('list the clients')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/client.ts')).listClientsCommand(options))

client
  .command('secret')
  .description('give a client a new secret, where the old one is lost or leaked, and print it, once')
  .argument('<id>', 'the client id')
  .option('--json', 'print JSON')
  .action(async (id, options) => (await import('./commands/client.ts')).newSecretCommand(id, options))

client
  .command('revoke')
  .description('stop a client for good: its tokens are refused from now on, its id is not given again')
  .argument('<id>', 'the client id')
  .option('--yes', 'also where it has accounts, which nobody else can reach')
  .action(async (id, options) => (await import('./commands/client.ts')).revokeClientCommand(id, options))

program
  .command('signing-key')
  .description('the key that signs the tokens of the built-in issuer')
  .command('replace')
  .description(
    'put a new key in its place, where it may have leaked: all tokens given before are refused within a minute',
  )
  .action(async () => (await import('./commands/signing-key.ts')).replaceSigningKeyCommand())

program
  .command('import')
  .description("read files of readings into accounts of this machine's database, and analyse them")
  .argument('<file...>', 'files of any format, gzip or not; docs/files.md lists them')
  .requiredOption('--client <id>', 'the client that owns the accounts')
  .option('--account <number>', 'the account; without it, rows go to the accounts that have the PODs the file names')
  .addOption(new Option('--format <format>', 'the format, where the file shall not tell it').choices(formatNames))
  .addOption(new Option('--unit <unit>', 'the unit of values that the file gives none').choices(readingUnits))
  .option('--entity <id>', 'the entity to read, where a file of Home Assistant has several')
  .addOption(new Option('--channel <channel>', 'what such values are: drawn or injected').choices(['import', 'export']))
  .option('--dry-run', 'say what would become of every row, and keep nothing')
  .option('--json', 'print the report as JSON')
  .action(async (files, options) => (await import('./commands/import.ts')).importCommand(files, options))

program
  .command('reanalyse')
  .description("tell the days of this machine's database apart anew that another version of the method told apart")
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/reanalyse.ts')).reanalyseCommand(options))

program
  .command('try')
  .description('show what a payload of a live meter means: readings, or why it is rejected; no database, no server')
  .argument('<kind>', 'the kind of device; docs/live-meters.md lists them')
  .requiredOption('-p, --payload <file>', 'file with the payload as it came, "-" for standard input')
  .option('-t, --topic <topic>', "the device's topic or id, as in its registration")
  .option(
    '--message-topic <topic>',
    'the topic that the message came under; the first one heard where absent, save for shelly-gen1',
  )
  .option('--channel <channel...>', "which of the device's channels are the home's")
  .option('--sign <sign>', '-1 for a sensor that is mounted the other way round', '1')
  .option('--time-zone <zone>', 'the IANA time zone of the home', italianTime)
  .option('--json', 'print JSON')
  .action(async (kind, options) => (await import('./commands/try.ts')).tryCommand(kind, options))

program
  .command('disaggregate')
  .description('tell the appliances in a CSV of minutes or quarter-hours apart; no database, no server')
  .requiredOption(
    '-i, --input <file>',
    'CSV with utc,aggregate_w (W, the mean from that instant on), one row per minute or quarter-hour; .gz is read as well',
  )
  .option('-p, --profile <file>', 'JSON, the body of onboarding: which appliances the home has (default: usual ones)')
  .requiredOption('-o, --output <file>', 'CSV to write, "-" for standard output: utc and one column of W per appliance')
  .option(
    '-u, --usages <file>',
    'CSV of runs to write, "-" for standard output, compressors left out: appliance,start,stop,energy_wh',
  )
  .option('--time-zone <zone>', 'the IANA time zone of the home', italianTime)
  .option('--json', 'print a summary as JSON')
  .action(async (options) => (await import('./commands/disaggregate.ts')).disaggregateCommand(options))

const evaluate = program
  .command('evaluate')
  .description('measure answers against the truth: `homes` unless another is named')

evaluate
  .command('homes', { isDefault: true })
  .description('score the disaggregation on a folder of sub-metered homes (utc,aggregate_w,<appliance>…)')
  .option('--homes <folder>', 'folder of CSV files, .gz or not', 'data/homes')
  .option('--only <home...>', 'score these homes of the folder alone, such as home-1')
  .addOption(
    new Option('--resolution <seconds>', 'minutes, or their means in quarter-hours')
      .choices(['60', '900'])
      .default('60'),
  )
  .option('--baselines', 'score the classical methods too, each made from the other homes of the folder')
  .option('--plots <folder>', 'write a page per home: true against estimated curves of good, median and bad days')
  .option('--model-dir <folder>', 'other trained networks: minute.onnx (and sparse.onnx, quarter.onnx) or quarter.onnx')
  .option('--time-zone <zone>', 'the IANA time zone of the homes', italianTime)
  .option('--json', 'print JSON')
  // As the default it is given what is no command of `evaluate`.
  .allowExcessArguments()
  .action(async (options, { args: [strange] }: Command) => {
    if (strange !== undefined) evaluate.error(`error: unknown command or argument '${strange}'`)
    await (await import('./commands/evaluate-homes.ts')).evaluateHomesCommand(options)
  })

evaluate
  .command('greenness')
  .description('back-test the forecast of the renewable share on a history')
  .requiredOption(
    '--history <file>',
    'CSV of hours with utc and renewable_fraction, or generation by kind; .gz is read as well',
  )
  .requiredOption('--from <date>', 'first local day to forecast')
  .requiredOption('--to <date>', 'the day after the last')
  .option('--plot <file>', 'HTML page to write: days, months and hours in curves')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/evaluate-greenness.ts')).evaluateGreennessCommand(options))

const grid = program.command('grid').description("what is known of the grid's hours")

grid
  .command('import')
  .description('read files of hourly generation into the database; safe to repeat')
  .argument('<file...>', 'CSV with utc and renewable_fraction, or the generation by kind; .gz is read as well')
  .option('--zone <zone>', 'the grid zone: IT, NORD, CNOR, CSUD, SUD, CALA, SICI or SARD', 'IT')
  .option('--json', 'print the report as JSON')
  .action(async (files, options) => (await import('./commands/grid.ts')).gridImportCommand(files, options))

grid
  .command('status')
  .description('what is stored of which zone, and how the sources did')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/grid.ts')).gridStatusCommand(options))

program
  .command('peers')
  .description('compute the statistics of similar homes anew')
  .option('--json', 'print JSON')
  .action(async (options) => (await import('./commands/peers.ts')).peersCommand(options))

endWhereOutputFails()
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

/** Commander has already printed its own errors, of wrong use; expected refusals are a sentence; anything else is a bug with its stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof CommandRefusal || error instanceof ConfigurationError) {
    if (error.message !== '') say(`loadlens: ${error.message}`)
    return error instanceof CommandRefusal ? error.exitCode : 2
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return 70
}
