-- What each account may do. Accounts from before there were roles could do everything.
alter table accounts add column role text not null default 'administrator';
