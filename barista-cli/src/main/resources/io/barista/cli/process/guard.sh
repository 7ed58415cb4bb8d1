# Standard input is a pipe from the supervisor: "+PID" was started, "-PID" has ended. The end of the input is the
# supervisor's death, and then whatever is left is stopped.
trap '' HUP INT TERM

pids=' '
while read -r line; do
    pid=${line#?}
    case $line in
        +*) pids="$pids$pid " ;;
        -*) case $pids in *" $pid "*) pids="${pids%%" $pid "*} ${pids#*" $pid "}" ;; esac ;;
    esac
done

alive() {
    for pid in $pids; do
        if kill -0 "$pid"; then return 0; fi
    done
    return 1
}

for pid in $pids; do kill -TERM "$pid"; done
patience=100
while alive && [ "$patience" -gt 0 ]; do
    sleep 0.1
    patience=$((patience - 1))
done
for pid in $pids; do kill -KILL "$pid"; done
