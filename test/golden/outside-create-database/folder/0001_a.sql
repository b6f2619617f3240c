select 1;
  create database d;
