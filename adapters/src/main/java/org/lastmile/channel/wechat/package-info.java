/**
 * WeChat: template messages of an official account (服务号) and what comes back through its callback.
 * Facts, settings and the error table stand in the README beside this file.
 */
package org.lastmile.channel.wechat;
