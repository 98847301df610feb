#!/bin/sh
# Redis for the ledger of message ids and the tags: nothing is evicted, and what it acknowledged
# survives a kill but for the last second. Two users: `tributary` for the services, and `reader`,
# who may read tags and profiles and nothing else. The configuration comes on standard input,
# so that no password stands in the list of processes; arguments add to it, such as TLS.
set -eu
exec redis-server - "$@" <<END
bind * -::*
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
hash-max-listpack-entries 512
hash-max-listpack-value 64
user default off
user tributary on >${REDIS_PASSWORD} ~* &* +@all -@admin -@dangerous +info
user reader on >${REDIS_READER_PASSWORD} %R~tags:* %R~profile:* resetchannels \
+@read +@connection -@dangerous -scan -randomkey -dbsize
END
