package org.lastmile.dist.command;

import picocli.CommandLine.Command;

@Command(name = "issue")
public final class Issue {}
