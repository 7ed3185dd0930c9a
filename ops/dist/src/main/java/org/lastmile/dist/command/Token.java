package org.lastmile.dist.command;

import picocli.CommandLine.Command;

@Command(name = "token")
public final class Token {}
