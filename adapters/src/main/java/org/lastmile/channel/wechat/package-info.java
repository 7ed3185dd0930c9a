/**
 * WeChat: messages of an official account (服务号) and of a WeCom application (企业微信), and what comes
 * back through their callbacks. Facts, settings and the error tables stand in the README beside
 * this file.
 */
package org.lastmile.channel.wechat;
