package org.lastmile.dist.command;

import picocli.CommandLine.Command;

@Command(name = "user")
public final class User {}
