export const HELP = `Node Pulse Admiral: one place from which a team watches and changes its Linux servers.

Usage: admiral COMMAND            (npx admiral COMMAND in the checkout)

  start                           set up what is missing, start everything, stay in the foreground
  status [--json]                 parts, state, versions, ports, process ids, runs in flight
  doctor [--json]                 check this machine and this installation; each finding with its fix
  stop [--keep-runs]              end everything within 15 s; --keep-runs leaves runs for the next start
  restart [PART]                  restart everything, or one part; runs go on
  logs [PART] [--lines N]         the newest lines of all logs, or of one part
  token create --name N --role R  print a new API token, once (roles: admin, operator, viewer, auditor)
  user create --email E --name N --role R
                                  make a person; prints the one-time link to choose a password
  backup FILE                     copy a stopped installation, without its master key
  restore FILE                    restore that copy into an empty data folder
  demo --servers N --days D       fill the installation with marked demo servers; demo --remove takes them away
  --help, --version

Settings are read from the environment and from .env in the data folder; .env.example lists them.`;
