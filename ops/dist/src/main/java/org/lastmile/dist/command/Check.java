package org.lastmile.dist.command;

import picocli.CommandLine.Command;

@Command(name = "check")
public final class Check {}
