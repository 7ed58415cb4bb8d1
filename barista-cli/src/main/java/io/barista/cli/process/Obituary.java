package io.barista.cli.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a service ended, in one line, as far as its exit code and the end of its log tell. */
public final class Obituary {

    private static final int LONGEST_LINE = 300;
    private static final int READ_AT_MOST = 64 * 1024;
    private static final int SIGNAL_BASE = 128;

    /** How our own services say it. */
    private static final Pattern CANNOT_START = Pattern.compile("^[\\w-]+ cannot start: (.+)$", Pattern.MULTILINE);
    /** Boot's report of a failure it knows: the sentences under this heading. */
    private static final Pattern DESCRIPTION = Pattern.compile("^Description:\\s*\\R+(.+?)(?:\\R\\s*\\R|\\z)",
            Pattern.MULTILINE | Pattern.DOTALL);
    /** The last cause of a stack trace: a class name, then what it says. */
    private static final Pattern CAUSE = Pattern
            .compile("^(?:Caused by: |Exception in thread \"[^\"]*\" )[\\w.$]+: (.+)$", Pattern.MULTILINE);
    private static final Pattern ERROR_LINE = Pattern.compile("^.*\\bERROR\\b.* : (.+)$", Pattern.MULTILINE);

    private Obituary() {}

    /** @param logStart size of the log before this process wrote to it */
    public static String of(int exitCode, Path log, long logStart) {
        return of(exitCode, tail(log, logStart));
    }

    /** @param log what the process has written, or the end of it */
    public static String of(int exitCode, String log) {
        if (exitCode > SIGNAL_BASE && exitCode < SIGNAL_BASE + 32) {
            return "killed by signal " + (exitCode - SIGNAL_BASE);
        }
        String said = reason(log);
        return "exit code " + exitCode + (said.isEmpty() ? "" : ": " + said);
    }

    /** The most telling line of a log; empty when there is none. */
    static String reason(String log) {
        for (Pattern pattern : List.of(CANNOT_START, DESCRIPTION, CAUSE, ERROR_LINE)) {
            String last = "";
            Matcher matcher = pattern.matcher(log);
            while (matcher.find()) {
                last = matcher.group(1);
            }
            if (!last.isBlank()) {
                return oneLine(last);
            }
        }
        return oneLine(log.lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line));
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "...";
    }

    private static String tail(Path log, long logStart) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(logStart, file.length() - READ_AT_MOST));
            byte[] bytes = new byte[(int) Math.min(READ_AT_MOST, file.length() - file.getFilePointer())];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            return "its log cannot be read: " + unreadable.getMessage();
        }
    }
}
